import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.settings import ROOT, Settings, SettingsError, is_loopback
from jobs.where import Where

HOME = {"HOME": "/home/ada"}
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
NAMES = (
    "HOST",
    "PORT",
    "WORKERS",
    "THREADS",
    "CONNECTIONS",
    "REQUEST_SECONDS",
    "CACHE_DIR",
    "TRUSTED_HOSTS",
    "LOG_LEVEL",
    "CHECKPOINTS_DIR",
    "DATA_DIR",
    "BASE_PATH",
    "FRAME_ANCESTORS",
    "JOBS_DIR",
    "JOBS_WORKERS",
    "JOBS_ADDRESS",
    "JOBS_CERTIFICATES",
)


def read(**env: str) -> Settings:
    return Settings.from_environment(HOME | env)


def test_defaults() -> None:
    """With nothing set, ConvLens serves this machine alone, from its own tree."""
    assert read() == Settings(
        host="127.0.0.1",
        port=8050,
        workers=2,
        threads=16,
        connections=1024,
        request_seconds=60,
        cache_dir=Path("/home/ada/.cache/convlens"),
        trusted_hosts=LOOPBACK,
        log_level="info",
        checkpoints=ROOT / "models" / "checkpoints",
        opened=None,
        data=ROOT / "models" / "data",
        jobs_dir=Path("/home/ada/.local/share/convlens/jobs"),
        jobs=Where(max(1, (os.cpu_count() or 1) // 2), "", None),
        base_path="/",
        frame_ancestors=(),
    )
    assert (ROOT / "dashboard" / "settings.py").is_file()


@pytest.mark.parametrize("name", NAMES)
def test_blank_is_not_set(name: str) -> None:
    """A variable that is set to nothing, as compose files do, takes its default."""
    assert read(**{name: " "}) == read()


@pytest.mark.parametrize(
    ("given_host", "host", "bind"),
    [
        ("0.0.0.0", "0.0.0.0", "0.0.0.0:8050"),
        (" localhost ", "localhost", "localhost:8050"),
        ("lens.example.org", "lens.example.org", "lens.example.org:8050"),
        ("::1", "::1", "[::1]:8050"),
        ("[::]", "::", "[::]:8050"),
    ],
)
def test_host(given_host: str, host: str, bind: str) -> None:
    """An address or a name; IPv6 is written in brackets where a port follows."""
    assert (read(HOST=given_host).host, read(HOST=given_host).bind) == (host, bind)


@pytest.mark.parametrize(
    ("name", "least", "most"),
    [
        ("PORT", 0, 65535),
        ("WORKERS", 1, 64),
        ("THREADS", 1, 256),
        ("CONNECTIONS", 1, 100_000),
        ("REQUEST_SECONDS", 1, 3600),
    ],
)
def test_numbers_have_ends(name: str, least: int, most: int) -> None:
    """Both ends are allowed, one step further is not."""
    field = name.lower()
    assert getattr(read(**{name: str(least)}), field) == least
    assert getattr(read(**{name: str(most)}), field) == most
    for text in (str(least - 1), str(most + 1)):
        with pytest.raises(SettingsError, match=f"{name} is '{text}', .* from {least} to {most}"):
            read(**{name: text})


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("HOST", "http://127.0.0.1"),
        ("HOST", "a b"),
        ("HOST", "-a"),
        ("HOST", "127.0.0.1:8050"),
        ("PORT", "8050.0"),
        ("PORT", "٨٠٥٠"),
        ("PORT", "0x10"),
        ("WORKERS", "two"),
        ("THREADS", "1e1"),
        ("CACHE_DIR", "/tmp/\0"),
        ("JOBS_DIR", "/tmp/\0"),
        ("JOBS_WORKERS", "-1"),
        ("JOBS_ADDRESS", "scheduler:8786"),
        ("JOBS_ADDRESS", "tls://scheduler"),
        ("JOBS_ADDRESS", "tls://scheduler:8786"),
        ("JOBS_ADDRESS", "tcp://10.0.0.3:8786"),
        ("TRUSTED_HOSTS", "example.org:8050"),
        ("TRUSTED_HOSTS", "example.org,*"),
        ("TRUSTED_HOSTS", "::1"),
        ("TRUSTED_HOSTS", "[127.0.0.1]"),
        ("LOG_LEVEL", "loud"),
        ("BASE_PATH", "https://example.org/lens"),
        ("BASE_PATH", "/a/../b/"),
        ("BASE_PATH", "/a//b/"),
        ("BASE_PATH", "/<script>/"),
        ("FRAME_ANCESTORS", "none; script-src *"),
        ("FRAME_ANCESTORS", "https://a.example/path"),
        ("FRAME_ANCESTORS", "none"),
        ("FRAME_ANCESTORS", "https://a.*"),
    ],
)
def test_a_value_that_cannot_be_used(name: str, text: str) -> None:
    """It is refused in one sentence that names the variable."""
    with pytest.raises(SettingsError, match=rf"^{name} (is|has) '.*\.$"):
        read(**{name: text})


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("lens", "/lens/"),
        ("/lens", "/lens/"),
        ("/", "/"),
        ("/user/ada@b.c/proxy/8050/", "/user/ada@b.c/proxy/8050/"),
    ],
)
def test_a_base_path_begins_and_ends_with_a_slash(text: str, path: str) -> None:
    """However it is written."""
    assert read(BASE_PATH=text).base_path == path


def test_whose_frames_are_allowed() -> None:
    """Origins, the server's own, schemes of editors, in the words of the policy; each once."""
    text = "self https://hub.example.org, https://*.example.org:8443 http://localhost:* self vscode-webview:"

    assert read(FRAME_ANCESTORS=text).frame_ancestors == (
        "'self'",
        "https://hub.example.org",
        "https://*.example.org:8443",
        "http://localhost:*",
        "vscode-webview:",
    )
    assert read(FRAME_ANCESTORS="*").frame_ancestors == ("*",)


def test_a_long_value_is_cut() -> None:
    """However long the value, the sentence stays readable."""
    with pytest.raises(SettingsError) as refused:
        read(PORT="9" * 1_000_000)
    assert len(str(refused.value)) < 200


@pytest.mark.parametrize(
    ("env", "trusted"),
    [
        ({"HOST": "::1"}, LOOPBACK),
        ({"HOST": "127.8.0.1"}, (*LOOPBACK, "127.8.0.1")),
        ({"HOST": "0.0.0.0"}, ()),
        ({"HOST": "lens.example.org"}, ()),
        ({"TRUSTED_HOSTS": "*"}, ()),
        ({"TRUSTED_HOSTS": "Lens.example.org, .school.example,,[2001:db8::1]"},
         (*LOOPBACK, "lens.example.org", ".school.example", "[2001:db8::1]")),
        ({"HOST": "0.0.0.0", "TRUSTED_HOSTS": "localhost"}, LOOPBACK),
    ],
)  # fmt: skip
def test_trusted_hosts(env: dict[str, str], trusted: tuple[str, ...]) -> None:
    """On a loopback address only this machine's names; elsewhere all, unless some are listed."""
    assert read(**env).trusted_hosts == trusted


def test_cache_folder() -> None:
    """CACHE_DIR first, then the XDG base directories, of which a relative one does not count."""
    assert read(XDG_CACHE_HOME="/var/xdg").cache_dir == Path("/var/xdg/convlens")
    assert read(XDG_CACHE_HOME="xdg").cache_dir == Path("/home/ada/.cache/convlens")
    assert read(XDG_CACHE_HOME="/var/xdg", CACHE_DIR="/srv/lens").cache_dir == Path("/srv/lens")
    assert read(CACHE_DIR="lens").cache_dir == Path.cwd() / "lens"
    assert Settings.from_environment({"CACHE_DIR": "/srv/lens"}).cache_dir == Path("/srv/lens")
    with pytest.raises(SettingsError, match="CACHE_DIR is not set"):
        Settings.from_environment({})


def test_other_folders() -> None:
    """Models and digits can lie elsewhere."""
    elsewhere = read(CHECKPOINTS_DIR="/srv/models", DATA_DIR="/srv/mnist")
    assert (elsewhere.checkpoints, elsewhere.data) == (Path("/srv/models"), Path("/srv/mnist"))


def test_log_level_in_any_case() -> None:
    """DEBUG and debug are the same."""
    assert read(LOG_LEVEL="DEBUG").log_level == "debug"


def test_is_loopback() -> None:
    """Names other than localhost are taken to be reachable from elsewhere."""
    assert all(is_loopback(host) for host in ("127.0.0.1", "127.1.2.3", "::1", "LOCALHOST"))
    assert not any(is_loopback(host) for host in ("0.0.0.0", "::", "192.0.2.1", "lens.example.org"))


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(NAMES, st.text(max_size=80))))
def test_any_text_is_read_or_refused(env: dict[str, str]) -> None:
    """No text in any variable does anything but give settings in their ranges or one sentence."""
    try:
        settings = read(**env)
    except SettingsError as refused:
        sentence = str(refused)
    else:
        sentence = f"{env} was read."
        assert 0 <= settings.port <= 65535
        assert min(settings.workers, settings.threads) >= 1
        assert settings.cache_dir.is_absolute()
    assert sentence.endswith(".")


def test_reading_the_settings_loads_nothing_heavy() -> None:
    """The file that configures the server can import them without Dash, numpy or TensorFlow."""
    program = (
        "import sys, dashboard.settings; print(*{'dash', 'flask', 'numpy', 'tensorflow'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == ""


def test_jobs() -> None:
    """On this machine, or on a cluster with certificates; without them only where nobody else reaches it."""
    assert read(JOBS_WORKERS="0").jobs == Where(0)
    far = read(JOBS_ADDRESS="tls://scheduler.example.org:8786", JOBS_CERTIFICATES="/etc/convlens/tls").jobs
    assert (far.address, far.certificates) == ("tls://scheduler.example.org:8786", Path("/etc/convlens/tls"))
    assert read(JOBS_ADDRESS="tcp://127.0.0.1:8786").jobs.address == "tcp://127.0.0.1:8786"


def test_jobs_lie_where_data_lie() -> None:
    """In the folder for data, which is not the cache; beside the cache where there is no home."""
    assert read(XDG_DATA_HOME="/data").jobs_dir == Path("/data/convlens/jobs")
    assert Settings.from_environment({"CACHE_DIR": "/var/cache/lens"}).jobs_dir == Path(
        "/var/cache/lens/jobs"
    )
