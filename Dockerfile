# Runs `serve`, `work` or `up` on the database of DATABASE_URL: docker run -e DATABASE_URL=… execops serve
# Every package is checked against its hash. To hold the base image too, name it by its digest:
#   docker build --build-arg PYTHON_IMAGE=python:3.12-slim@sha256:… .
ARG PYTHON_IMAGE=python:3.12-slim
FROM ${PYTHON_IMAGE} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /src
COPY requirements.lock requirements-build.lock ./
RUN python -m venv /opt/execops \
 && /opt/execops/bin/pip install --require-hashes --no-deps -r requirements.lock \
 && python -m venv /opt/build \
 && /opt/build/bin/pip install --require-hashes --no-deps -r requirements-build.lock
COPY pyproject.toml README.md LICENSE ./
COPY execops execops
COPY cli cli
COPY tui tui
COPY server server
COPY jobs jobs
COPY migrations migrations
RUN /opt/build/bin/pip wheel --no-deps --no-build-isolation --wheel-dir /wheels . \
 && /opt/execops/bin/pip install --no-deps --no-index /wheels/*.whl \
 && /opt/execops/bin/pip check \
 && /opt/execops/bin/python -m compileall -q /opt/execops/lib

FROM ${PYTHON_IMAGE}
RUN useradd --system --uid 10001 --create-home --home-dir /var/lib/execops execops
COPY --from=build /opt/execops /opt/execops
ENV PATH=/opt/execops/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    EXECOPS_HOME=/var/lib/execops \
    EXECOPS_HOST=0.0.0.0 \
    EXECOPS_PORT=8787
USER execops
VOLUME /var/lib/execops
EXPOSE 8787
# This check is for `serve` and `up`. For `work`, ask `execops doctor`, as compose.yaml does.
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["python", "-c", "import os, urllib.request as r; r.urlopen('http://127.0.0.1:' + os.environ['EXECOPS_PORT'] + '/health/ready', timeout=2)"]
ENTRYPOINT ["execops"]
CMD ["up"]
