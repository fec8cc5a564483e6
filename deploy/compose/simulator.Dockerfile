# The simulated providers, for compose.yaml. Not for anything that matters: whoever reaches it may change what it says.
FROM docker.io/library/debian:12-slim
WORKDIR /rollcall
COPY . .
RUN ./dev build release rollcall-simulator && mv build/rollcall-simulator /usr/local/bin/ && rm -r build
USER 65532:65532
ENTRYPOINT ["rollcall-simulator", "--demo", "--listen", "0.0.0.0"]
