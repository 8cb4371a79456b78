# One image for every service: `pactwatch serve scraper|classifier|notifier|desk`, `pactwatch migrate`, `pactwatch doctor`.
# Built with the classic builder as well as with BuildKit.
FROM python:3.11-slim-bookworm AS build
ARG UV_VERSION=0.13.9
# Byte code is made here, once: the container's file system is read-only.
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_NO_CACHE=1 UV_PYTHON_DOWNLOADS=never UV_SYSTEM_CERTS=1 \
    UV_PROJECT_ENVIRONMENT=/opt/pactwatch
RUN pip install --no-cache-dir --disable-pip-version-check --root-user-action=ignore "uv==${UV_VERSION}"
WORKDIR /src
COPY pyproject.toml uv.lock ./
RUN uv sync --frozen --no-dev --no-install-project
COPY LICENSE README.md ./
COPY migrations ./migrations
COPY shared ./shared
COPY services ./services
RUN uv sync --frozen --no-dev --no-editable

FROM python:3.11-slim-bookworm
RUN groupadd --gid 10001 pactwatch \
    && useradd --uid 10001 --gid pactwatch --no-create-home --home-dir /tmp --shell /usr/sbin/nologin pactwatch
COPY --from=build /opt/pactwatch /opt/pactwatch
COPY deploy/healthy.py /opt/pactwatch/healthy.py
ENV PATH=/opt/pactwatch/bin:$PATH HOME=/tmp
WORKDIR /tmp
USER 10001:10001
HEALTHCHECK --interval=5s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-I", "-S", "/opt/pactwatch/healthy.py", "8081"]
ENTRYPOINT ["pactwatch"]
CMD ["--help"]
