"""Whether an address can be listened on, said before the server tries."""

import errno
import socket

_REASONS = {
    errno.EADDRINUSE: "port {port} of {host} is taken by another program; stop it, or set PORT to another.",
    errno.EACCES: "port {port} needs rights that this user does not have; set PORT to one from 1024 up.",
    errno.EADDRNOTAVAIL: "this machine has no address {host}; set HOST to one of its own, such as 127.0.0.1.",
}


class AddressError(OSError):
    """An address cannot be listened on; the message is one sentence for whoever chose it."""


def require_free(host: str, port: int) -> None:
    """Listen on the address for a moment, as the server will.

    Args:
        host: Address or name, without brackets.
        port: TCP port; 0 is always free.

    Raises:
        AddressError: It is taken, not this machine's, or not allowed.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            listener.listen(1)
    except socket.gaierror as error:
        raise AddressError(f"no address is known for {host}; set HOST to one, such as 127.0.0.1.") from error
    except OSError as error:
        reason = _REASONS.get(
            error.errno or 0, "{host}, port {port}, cannot be listened on; set HOST or PORT."
        )
        raise AddressError(reason.format(host=host, port=port)) from error
