# The packed program, on Node and nothing else: `npm pack && docker build .`
FROM node:24-alpine

COPY upsurge-*.tgz /tmp/upsurge.tgz
RUN mkdir /opt/upsurge \
  && tar xzf /tmp/upsurge.tgz --strip-components=1 -C /opt/upsurge \
  && rm -r /tmp/upsurge.tgz /opt/upsurge/docs /opt/upsurge/src \
  && ln -s /opt/upsurge/dist/upsurge.js /usr/local/bin/upsurge

# Nobody's rights are needed: what is read and written is mounted here.
USER node
WORKDIR /data
ENTRYPOINT ["upsurge"]
