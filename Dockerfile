# The one binary, with the web app and the country database in it.
FROM node:20-bookworm-slim AS web
WORKDIR /src/frontend
COPY frontend/package.json frontend/package-lock.json frontend/.npmrc ./
RUN npm ci
COPY graph/schema.graphql ../graph/schema.graphql
COPY frontend ./
RUN npm run build
RUN npm install --silent --no-save --no-package-lock --prefix /geoip @ip-location-db/geo-whois-asn-country-mmdb@2.3.2026061719

FROM golang:1.26-bookworm AS go
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
COPY --from=web /src/frontend/dist frontend/dist
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w" -o /postrider ./cmd/postrider

FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates tzdata && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /var/lib/postrider --create-home postrider
COPY --from=go /postrider /usr/local/bin/postrider
COPY --from=web /geoip/node_modules/@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb /usr/share/postrider/country.mmdb
USER postrider
ENV POSTRIDER_DATA=/var/lib/postrider
EXPOSE 8080
ENTRYPOINT ["postrider"]
CMD ["all"]
