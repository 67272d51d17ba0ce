# docker build -t cc-route . && docker run -p 127.0.0.1:3456:3456 -e CC_ROUTE_KEYS -e OPENAI_API_KEY cc-route
FROM node:22-alpine AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY tsconfig.json tsup.config.ts LICENSE ./
COPY scripts/join-command.js scripts/price-list.js scripts/
COPY src src
RUN npx tsup --no-dts && node scripts/join-command.js && npm ci --ignore-scripts --omit=dev

FROM node:22-alpine
WORKDIR /app
ENV NODE_ENV=production CC_ROUTE_HOST=0.0.0.0 CC_ROUTE_PORT=3456
COPY --from=build /app/package.json /app/LICENSE ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist/cli.js dist/cli.js
COPY --from=build /app/dist/cli dist/cli
USER node
EXPOSE 3456
HEALTHCHECK --interval=30s --timeout=3s --start-period=5s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.CC_ROUTE_PORT}/health`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "dist/cli.js"]
CMD ["serve"]
