# Runs `serve`, `work` or `up` on the database of DATABASE_URL: docker run -e DATABASE_URL=… execops serve
FROM python:3.12-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /src
RUN python -m venv /opt/execops
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY execops execops
COPY cli cli
COPY tui tui
COPY server server
COPY jobs jobs
COPY migrations migrations
RUN /opt/execops/bin/pip install -c constraints.txt . \
 && /opt/execops/bin/python -m compileall -q /opt/execops/lib

FROM python:3.12-slim
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
