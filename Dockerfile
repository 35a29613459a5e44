# docker build -t convlens . && docker run --rm --read-only -p 127.0.0.1:8050:8050 convlens
FROM python:3.11.13-slim-bookworm

RUN useradd --uid 10001 --no-create-home --home-dir /tmp --shell /usr/sbin/nologin convlens \
    && install --directory --owner convlens --mode 700 \
        /var/cache/convlens /var/lib/convlens /etc/convlens/tls

# The file system may be read-only: what is remembered or kept goes into volumes, and all code is compiled below.
ENV HOST=0.0.0.0 PORT=8050 CACHE_DIR=/var/cache/convlens JOBS_DIR=/var/lib/convlens HOME=/tmp PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
VOLUME ["/tmp", "/var/cache/convlens", "/var/lib/convlens"]
EXPOSE 8050
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s CMD ["python", "-c", \
    "import os, urllib.request as u; u.urlopen('http://127.0.0.1:' + os.environ['PORT'] + '/healthz', timeout=4)"]
WORKDIR /convlens
CMD ["python", "app.py"]

COPY requirements.txt ./
RUN python -m pip install --quiet --no-cache-dir --disable-pip-version-check --root-user-action=ignore \
        --require-hashes --only-binary :all: --no-deps --requirement requirements.txt

COPY . .
RUN python -m compileall -q app.py gunicorn.conf.py dashboard jobs models
USER 10001
