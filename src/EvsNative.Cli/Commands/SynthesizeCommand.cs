using System.CommandLine;
using System.Globalization;
using EvsNative.Layers;
using EvsNative.Models;

namespace EvsNative.Cli;

/// <summary><c>evsnative weights synthesize</c>: a whole checkpoint of weights by formula, on which other programs can be timed.</summary>
internal static class SynthesizeCommand
{
    private static readonly string[] Parts = ["unet", "vae", "text_encoder", "tokenizer", "scheduler", "motion_adapter"];

    /// <summary>What this command writes into the folder of a part.</summary>
    private static readonly string[] PartFiles =
    [
        "config.json", "diffusion_pytorch_model.safetensors", "model.safetensors", "vocab.json", "merges.txt", "tokenizer_config.json",
        "scheduler_config.json",
    ];

    public static Command Create(CancellationToken stop)
    {
        var layout = new Option<string>("--layout")
        {
            Description = "diffusers (default): a folder with motion modules; single: one file in the original names, without them",
            DefaultValueFactory = _ => "diffusers",
        };
        var type = new Option<string>("--type") { Description = "f16 (default) or f32", DefaultValueFactory = _ => "f16" };
        var size = new Option<string>("--size") { Description = "sd15 (default) or tiny", DefaultValueFactory = _ => "sd15" };
        var output = new Option<string?>("--output", "-o") { Description = "the folder, or the .safetensors file" };
        var force = new Option<bool>("--force") { Description = "replace what an earlier run of this command has made" };
        var json = new Option<bool>("--json") { Description = "for scripts: one JSON object on the output" };
        const string about =
            "Writes the weights of --fake-weights to files, to time other programs on the same numbers. They show nothing.";
        var command = new Command("synthesize", about) { layout, type, size, output, force, json };
        command.SetAction(said => Run(
            Layout(said.GetValue(layout)!),
            Type(said.GetValue(type)!),
            said.GetValue(size)!,
            said.GetValue(output),
            said.GetValue(force),
            said.GetValue(json),
            stop));
        return command;
    }

    private static int Run(bool isFolder, StoredType type, string size, string? output, bool force, bool json, CancellationToken stop)
    {
        if (string.IsNullOrWhiteSpace(output))
        {
            throw new InputException(
                InputCode.NotGiven, "-o is missing: name the folder, or with --layout single the .safetensors file, to write");
        }

        FormulaModels.EnsureKnown(size);
        string place = isFolder ? WriteFolder(output, size, type, force, stop) : WriteFile(output, size, type, force, stop);

        string[] files = isFolder ? Directory.GetFiles(place, "*", SearchOption.AllDirectories) : [place];
        long bytes = files.Sum(file => new FileInfo(file).Length);
        string? lost = Screen.Try(() =>
        {
            string layout = isFolder ? "diffusers" : "single", gigabytes = (bytes / 1e9).ToString("F3", CultureInfo.InvariantCulture);
            if (json) ScriptOutput.Write(new { output = place, layout, type = Word(type), size, files = files.Length, bytes });
            else Screen.Show($"{place}: {size} weights by formula, {Word(type)}, {gigabytes} GB");
        });
        if (lost is not null) Faults.Say($"the summary could not be shown ({lost}); the weights are {place}");
        return place == output ? 0 : Faults.UnusableInput;
    }

    private static string WriteFolder(string output, string size, StoredType type, bool force, CancellationToken stop)
    {
        var content = new FolderContent("weights", "", IsOurs);
        using var pending = new PendingFolder(output, force, content);
        Write(output, () => FormulaCheckpoint.WriteFolder(pending.Temporary, size, type, stop));
        string place = pending.Commit();
        foreach (var notice in pending.Notices) Faults.Say(notice.Message);
        return place;
    }

    private static string WriteFile(string output, string size, StoredType type, bool force, CancellationToken stop)
    {
        if (!output.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase))
        {
            throw new InputException(
                InputCode.WrongKind, $"-o {output}: --layout single writes a file: give a name that ends with .safetensors");
        }

        if (force && File.Exists(output)) RequireOurs(output);
        return FormulaCheckpoint.WriteSingleFile(output, size, type, force, notice => Faults.Say(notice.Message), stop);
    }

    /// <summary>Errors name what the user asked for, not the temporary beside it.</summary>
    private static void Write(string output, Action write)
    {
        try
        {
            write();
        }
        catch (InputException e) when (e.InnerException is { } cause && StorageFault.Is(cause))
        {
            throw StorageFault.Writing(cause, output);
        }
        catch (Exception e) when (StorageFault.Is(e))
        {
            throw StorageFault.Writing(e, output);
        }
    }

    /// <summary>A downloaded model looks the same but for the mark in its index.</summary>
    private static bool IsOurs(string entry)
    {
        string folder = Path.GetDirectoryName(entry)!, index = Path.Combine(folder, "model_index.json"), name = Path.GetFileName(entry);
        bool isPart = Directory.Exists(entry) && Parts.Contains(name)
            && Directory.EnumerateFileSystemEntries(entry).All(file => PartFiles.Contains(Path.GetFileName(file)) && File.Exists(file));
        return (name == "model_index.json" || isPart) && File.Exists(index) && HasMark(index);
    }

    /// <summary>Somebody's own weights are not replaced, whatever is said.</summary>
    private static void RequireOurs(string file)
    {
        using var there = SafetensorsFile.Open(file);
        if (there.Metadata.ContainsKey(FormulaCheckpoint.Mark)) return;
        throw new InputException(
            InputCode.Exists, $"{file} holds weights that are not of this command and is not replaced: give the name of a new file");
    }

    private static bool HasMark(string index)
    {
        try
        {
            return JsonFile.ReadObject(index).TryGetProperty(FormulaCheckpoint.Mark, out _);
        }
        catch (InputException)
        {
            return false;
        }
    }

    private static bool Layout(string word) => word.ToLowerInvariant() switch
    {
        "diffusers" => true,
        "single" => false,
        _ => throw new InputException(InputCode.UnknownWord, $"--layout {word}: diffusers or single"),
    };

    private static StoredType Type(string word) => word.ToLowerInvariant() switch
    {
        "f16" => StoredType.F16,
        "f32" => StoredType.F32,
        _ => throw new InputException(InputCode.UnknownWord, $"--type {word}: f16 or f32"),
    };

    private static string Word(StoredType type) => type == StoredType.F16 ? "f16" : "f32";
}
