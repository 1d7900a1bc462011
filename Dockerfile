# The mock as a server, built from this checkout:
#   docker build -t wiromock . && docker run --rm -p 8080:8080 wiromock
FROM python:3.13-slim AS build
COPY . /source
RUN python -m venv /wiromock && /wiromock/bin/pip install --no-cache-dir \
    --constraint /source/constraints.txt '/source[mock]'

FROM python:3.13-slim
COPY --from=build /wiromock /wiromock
USER nobody
EXPOSE 8080
HEALTHCHECK --interval=5s --start-period=5s CMD ["/wiromock/bin/python", "-c", \
    "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/health')"]
ENTRYPOINT ["/wiromock/bin/wiromock", "serve", "--host", "0.0.0.0"]
