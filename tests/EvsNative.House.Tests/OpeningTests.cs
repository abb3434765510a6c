using System.Text.RegularExpressions;

namespace EvsNative.House.Tests;

/// <summary>
/// Files are opened for reading in one place, which asks what they are: a pipe waits for ever, a device has no end. JSON is parsed in one.
/// </summary>
public sealed partial class OpeningTests
{
    /// <summary>Files that may open, with what they open.</summary>
    private static readonly Dictionary<string, string> Allowed = new()
    {
        ["src/EvsNative.Layers/Storage/OrdinaryFile.cs"] = "the place",
        ["src/EvsNative.Layers/Storage/FileSteps.cs"] = "flushes what was written",
        ["src/EvsNative.Layers/Storage/PendingFile.cs"] = "tries whether a folder can be written to",
        ["src/EvsNative.Layers/Weights/SafetensorsWriter.cs"] = "writes a new file",
        ["src/EvsNative.Pipelines/Hub/HubDownload.cs"] = "writes what it fetches",
        ["src/EvsNative.Pipelines/Frames/VideoWriter.cs"] = "mends what ffmpeg wrote at its request",
        ["src/EvsNative.Pipelines/Work/RunFolder.cs"] = "writes a new file",
        ["src/EvsNative.Pipelines/Work/UnitFile.cs"] = "reads what the program wrote there, by its hash",
        ["src/EvsNative.Pipelines/Work/SharedClaims.cs"] = "reads the names of workers, which only the program writes there",
        ["src/EvsNative.Pipelines/Frames/StandardInput.cs"] = "writes what comes from a pipe",
        ["src/EvsNative.Kernels/Cuda/KernelCache.cs"] = "reads what the program wrote there",
        ["src/EvsNative.Kernels/Cuda/CudaDriverVersion.cs"] = "asks Linux for the driver's version",
        ["src/EvsNative.Cli/Console/Descriptor.cs"] = "asks Linux about the output",
        ["src/EvsNative.Cli/Console/OpenFiles.cs"] = "asks Linux how many files may be open, before others of the program's libraries are",
        ["src/EvsNative.Cli/Report/PageTemplate.cs"] = "reads a resource of the program",
    };

    [Fact]
    public void Strangers_files_are_opened_in_one_place()
    {
        var openings = from path in SourceTree.Files("src")
                       where !Allowed.ContainsKey(path)
                       let code = CodeText.Of(SourceTree.Read(path))
                       from Match match in Opening().Matches(code)
                       select $"{path}:{code.AsSpan(0, match.Index).Count('\n') + 1}: {match.Value}";
        Assert.True(!openings.Any(), $"use OrdinaryFile:\n{string.Join('\n', openings)}");
    }

    [Fact]
    public void Strangers_JSON_is_parsed_in_one_place()
    {
        // The last two read what ffprobe prints: a tag that stands twice in a file is no reason to give up its sound.
        string[] places =
        [
            "src/EvsNative.Layers/Input/JsonText.cs", "src/EvsNative.Layers/Weights/SafetensorsHeader.cs",
            "src/EvsNative.Pipelines/Frames/EncodedFile.cs", "src/EvsNative.Pipelines/Frames/OriginFile.cs",
        ];
        var parsers = from path in SourceTree.Files("src")
                      where !places.Contains(path)
                      let code = CodeText.Of(SourceTree.Read(path))
                      from Match match in Parser().Matches(code)
                      select $"{path}:{code.AsSpan(0, match.Index).Count('\n') + 1}: {match.Value}";
        Assert.True(!parsers.Any(), $"use JsonText or JsonFile:\n{string.Join('\n', parsers)}");
        Assert.All(places, path => Assert.Matches(Parser(), CodeText.Of(SourceTree.Read(path))));
    }

    [Theory]
    [InlineData("File.ReadAllText(path)")]
    [InlineData("System.IO.File.OpenRead(path)")]
    [InlineData("File.OpenHandle(path)")]
    [InlineData("foreach (string line in File.ReadLines(path))")]
    [InlineData("new FileStream(path, FileMode.Open)")]
    [InlineData("new StreamReader(path)")]
    [InlineData("new FileInfo(path).OpenText()")]
    public void An_opening_is_found(string code) => Assert.Matches(Opening(), CodeText.Of(code));

    [Theory]
    [InlineData("File.Exists(path)")]
    [InlineData("OrdinaryFile.ReadAll(path, 1, kind)")]
    [InlineData("OrdinaryFile.Open(path)")]
    [InlineData("files.Open(path)")]
    [InlineData("// File.ReadAllText")]
    public void Other_code_is_none(string code) => Assert.DoesNotMatch(Opening(), CodeText.Of(code));

    [GeneratedRegex(@"\bFile\s*\.\s*(Open|Read|Create\b|CreateText|Append)\w*|new (FileStream|StreamReader)\b|\.Open(Read|Text)\s*\(")]
    private static partial Regex Opening();

    [GeneratedRegex(@"\bJson(Document|Element|Node|Object|Array|Serializer)\s*\.\s*(Parse|TryParse|Deserialize)\w*|new Utf8JsonReader\b")]
    private static partial Regex Parser();
}
