# docker build -t evsnative .          docs/install.md says how to run it
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /src
COPY . .
RUN dotnet publish src/EvsNative.Cli -c Release -o /program

FROM mcr.microsoft.com/dotnet/runtime:10.0
RUN apt-get update \
    && apt-get install -y --no-install-recommends ffmpeg ocl-icd-libopencl1 \
    && rm -rf /var/lib/apt/lists/*
COPY --from=build /program /opt/evsnative
# What NVIDIA's container runtime puts into a container: the driver for computing. Compiled kernels stay where the user may write.
ENV NVIDIA_DRIVER_CAPABILITIES=compute,utility \
    EVSNATIVE_CACHE=/tmp/evsnative
USER 1000
WORKDIR /clips
ENTRYPOINT ["dotnet", "/opt/evsnative/evsnative.dll"]
