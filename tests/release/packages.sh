#!/usr/bin/env bash
# Packs the tool and the libraries, and uses them from a folder of packages: the tool refines the demo, a new program is built on
# EvsNative.Pipelines from the sample of docs/library.md, and a program that would be trimmed is refused.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$root"

# A version of its own, so that no package of the same name that lies on this machine is taken in its place.
dotnet build -c Release -v q src/EvsNative.Cli
version=$(sed -n "s|.*<Version>\(.*\)</Version>.*|\1|p" Directory.Build.props)
dotnet pack --no-build -c Release -v q -p:PackageVersion="$version-try" -o "$work/packages" EvsNative.sln
for name in evsnative EvsNative.Kernels EvsNative.Layers EvsNative.Models EvsNative.Pipelines; do
    [ -s "$work/packages/$name.$version-try.nupkg" ] || { echo "no package $name"; exit 1; }
done
[ "$(ls "$work/packages" | wc -l)" = 5 ] || { ls "$work/packages"; echo "five packages are for others, no more"; exit 1; }

echo "the tool"
# A tool finds .NET by itself only where the system's own installer put it.
runtime=$(dotnet --list-runtimes | sed -n 's|^Microsoft.NETCore.App .*\[\(.*\)/shared/Microsoft.NETCore.App\]$|\1|p' | tail -n 1)
export DOTNET_ROOT="${DOTNET_ROOT:-$runtime}"
dotnet tool install evsnative --version "$version-try" --source "$work/packages" --tool-path "$work/tool" >/dev/null
said=$("$work/tool/evsnative" --version)
[ "${said%%+*}" = "$version" ] || { echo "version $said instead of $version"; exit 1; }
(cd "$work" && OCL_ICD_VENDORS="$work" "$work/tool/evsnative" refine --demo --mode t2v >/dev/null)
frames=("$work"/evsnative-demo/frames/*.png)
[ "${#frames[@]}" = 16 ] || { echo "${#frames[@]} frames of the demo instead of 16"; exit 1; }

echo "a program on the library"
mkdir "$work/program" "$work/clip"
cp weights/demo/clip/000[01].png "$work/clip"
awk '/^```csharp/ { inside = 1; next } /^```/ { inside = 0 } inside' docs/library.md > "$work/program/Program.cs"
cat > "$work/program/program.csproj" <<XML
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net10.0</TargetFramework>
    <Nullable>enable</Nullable>
    <ImplicitUsings>enable</ImplicitUsings>
    <TieredCompilation>false</TieredCompilation>
    <RestorePackagesPath>$work/unpacked</RestorePackagesPath>
    <RestoreFallbackFolders>${NUGET_PACKAGES:-$HOME/.nuget/packages}</RestoreFallbackFolders>
    <RestoreAdditionalProjectSources>$work/packages</RestoreAdditionalProjectSources>
  </PropertyGroup>
  <ItemGroup>
    <PackageReference Include="EvsNative.Pipelines" Version="$version-try" />
  </ItemGroup>
</Project>
XML
dotnet build -v q "$work/program" -o "$work/built"
[ -s "$work/built/ILGPU.dll" ] || { echo "the library does not bring its own dependencies"; exit 1; }
OCL_ICD_VENDORS="$work" "$work/built/program" "$work/clip" weights/evs-tiny "$work/better"
[ -s "$work/better/0001.png" ] || { echo "the program wrote no frames"; exit 1; }

echo "trimming is refused, in our project and in those built on the packages"
for refused in "src/EvsNative.Cli -c Release -p:PublishAot=true" "$work/program -p:PublishTrimmed=true"; do
    # shellcheck disable=SC2086
    if dotnet build --no-restore -v q $refused > "$work/refusal"; then echo "built: $refused"; exit 1; fi
    grep -q "EVS0001" "$work/refusal" || { cat "$work/refusal"; exit 1; }
done
