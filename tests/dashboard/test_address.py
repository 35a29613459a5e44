import socket

import pytest

from dashboard.address import AddressError, require_free


def test_a_free_port() -> None:
    """A port on which nobody listens is left free."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
    require_free("127.0.0.1", port)
    require_free("127.0.0.1", port)
    require_free("localhost", 0)


def test_a_taken_port() -> None:
    """One sentence names the port and the way out."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(
            AddressError, match=f"^port {port} of 127.0.0.1 is taken .* set PORT to another.$"
        ):
            require_free("127.0.0.1", port)


def test_an_address_of_another_machine() -> None:
    """192.0.2.1 is reserved for documentation, so no machine has it."""
    with pytest.raises(AddressError, match=r"^this machine has no address 192\.0\.2\.1; set HOST"):
        require_free("192.0.2.1", 0)


def test_a_name_without_address(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that nobody knows is said to be the trouble, not the port."""

    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(AddressError, match=r"^no address is known for lens\.example; set HOST"):
        require_free("lens.example", 8050)
