# The server with the app in it. From the root of the repository: docker build -f docker/server.Dockerfile -t terrein .
# The bases are arguments so that a test can build on others: see scripts/image-test.sh.
ARG NODE_IMAGE=node:24-bookworm-slim
ARG RUST_IMAGE=rust:1.95-slim-bookworm
ARG RUNTIME_IMAGE=debian:bookworm-slim

FROM ${NODE_IMAGE} AS app
WORKDIR /src/pwa
COPY pwa/package.json pwa/package-lock.json pwa/.npmrc ./
RUN npm ci
COPY server/schema.graphql ../server/schema.graphql
COPY pwa ./
RUN npm run build

FROM ${RUST_IMAGE} AS server
WORKDIR /src
COPY Cargo.toml Cargo.lock ./
COPY server server
COPY geodata geodata
COPY migrations migrations
# A member of the workspace, so Cargo reads its manifest; it is not built.
COPY tests tests
COPY --from=app /src/pwa/dist pwa/dist
RUN cargo build --release --locked -p terrein

FROM ${RUNTIME_IMAGE}
# ogr2ogr reads uploaded formats; curl asks for health.
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates curl gdal-bin \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin terrein \
    && install -d -o terrein -m 700 /data
COPY --from=server /src/target/release/terrein /usr/local/bin/terrein
ENV TERREIN_LISTEN=0.0.0.0:8080 TERREIN_DATA_DIR=/data
USER 10001
WORKDIR /data
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["curl", "-fsS", "-o", "/dev/null", "http://127.0.0.1:8080/readyz"]
ENTRYPOINT ["terrein"]
CMD ["serve"]
