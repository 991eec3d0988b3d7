# Build: everything that npm and the compiler need.
FROM node:20-bookworm-slim AS build
WORKDIR /opt/brine
COPY package.json package-lock.json tsconfig.json tsconfig.base.json ./
COPY packages packages
COPY build build
RUN npm ci --no-audit --no-fund && npm run build && npm prune --omit=dev --no-audit --no-fund

# What both images share: the built packages and the launchers.
FROM node:20-bookworm-slim AS runtime
ENV NODE_ENV=production PATH=/opt/brine/bin:$PATH
WORKDIR /opt/brine
COPY --from=build /opt/brine/package.json ./
COPY --from=build /opt/brine/node_modules node_modules
COPY --from=build /opt/brine/packages packages
COPY bin bin
COPY build/entry-of.cjs build/entry-of.cjs

# The master needs no root: its folders belong to the user that the image brings.
FROM runtime AS master
RUN apt-get update && apt-get install -y --no-install-recommends gnupg && rm -rf /var/lib/apt/lists/* \
  && install -d -o node -g node /etc/salt /srv/salt /srv/pillar /var/lib/brine
USER node
VOLUME ["/var/lib/brine"]
EXPOSE 4505 4506
STOPSIGNAL SIGTERM
CMD ["salt-master", "-l", "info"]

# A minion manages its own container, and that takes root.
FROM runtime AS minion
RUN install -d /etc/salt /var/lib/brine
STOPSIGNAL SIGTERM
CMD ["salt-minion", "-l", "info"]
