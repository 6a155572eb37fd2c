FROM --platform=$BUILDPLATFORM mcr.microsoft.com/dotnet/sdk:10.0 AS build
ARG TARGETARCH
WORKDIR /source
ENV NUGET_PACKAGES=/packages
COPY global.json Directory.Build.props Directory.Packages.props .editorconfig ./
COPY src/ src/
# Compiled ahead of time: a third less processor time until it serves.
RUN --mount=type=cache,target=/packages \
    dotnet publish src/Silo --configuration Release --arch "$TARGETARCH" --self-contained false \
      --output /app -p:UseAppHost=false -p:PublishReadyToRun=true

FROM mcr.microsoft.com/dotnet/aspnet:10.0
# The data belongs to the user that the image brings along, so that a new volume does too.
RUN mkdir /data && chown "$APP_UID:$APP_UID" /data && chmod 700 /data
COPY --from=build /app /app
WORKDIR /app
USER $APP_UID
# The base image names a port of its own; the address below takes its place.
ENV ASPNETCORE_HTTP_PORTS= \
    ASPNETCORE_URLS=http://0.0.0.0:5080 \
    Parley__DataDirectory=/data \
    DOTNET_EnableDiagnostics=0
VOLUME /data
EXPOSE 5080
# A silo of a cluster: to other silos, and to api nodes. For the private network only.
EXPOSE 11111 30000
# The image has neither curl nor wget.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD bash -c 'exec 3<>/dev/tcp/127.0.0.1/5080 && printf "GET /health/ready HTTP/1.0\r\n\r\n" >&3 && head -1 <&3 | grep -q " 200 "'
ENTRYPOINT ["dotnet", "Parley.Silo.dll"]
