# Targets: `runtime` (default: api and worker) and `migrate` (database set-up and migrations, with the Prisma CLI).

FROM node:24-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --include=dev

# Without the optional packages go the embedded PostgreSQL, Node itself and, as an optional peer of its client, the Prisma
# CLI. The one optional package that is needed is the password hash's binary for this platform.
FROM node:24-slim AS runtime-dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --omit=dev --omit=optional
COPY --from=dependencies /app/node_modules/@node-rs ./node_modules/@node-rs

FROM dependencies AS build
COPY . .
RUN node scripts/cli.ts build

FROM node:24-slim AS migrate
LABEL org.opencontainers.image.title="Tenantry: database set-up and migrations" org.opencontainers.image.licenses="MIT"
WORKDIR /app
COPY --from=build /app ./
# Locks between commands live here.
RUN mkdir -p .data && chown -R 10001:10001 .data
USER 10001:10001
ENV NODE_ENV=production
CMD ["node", "scripts/cli.ts", "db:migrate:deploy"]

FROM node:24-slim AS runtime
LABEL org.opencontainers.image.title="Tenantry" org.opencontainers.image.licenses="MIT"
WORKDIR /app
COPY --from=runtime-dependencies /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY --from=build /app/package.json ./
# The names of the migrations: readiness compares them with those of the database.
COPY --from=build /app/prisma/migrations ./prisma/migrations
COPY --from=build /app/pages ./pages
USER 10001:10001
# Browsers and scrapers are outside of the container.
ENV NODE_ENV=production HOST=0.0.0.0 METRICS_HOST=0.0.0.0
EXPOSE 3000 9464
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT ?? 3000}/livez`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# Node itself is process 1, so that SIGTERM reaches it.
CMD ["node", "--max-semi-space-size=16", "--heap-growing-percent=50", "--no-maglev", "--liftoff-only", "--v8-pool-size=1", "--expose-gc", "dist/src/main.js"]
