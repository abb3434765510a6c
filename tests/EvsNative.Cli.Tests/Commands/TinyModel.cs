using System.Buffers.Binary;
using System.Text.Json.Nodes;
using EvsNative.Layers;
using EvsNative.Testing;

namespace EvsNative.Cli.Tests.Commands;

/// <summary>A copy of the embedded model, to be damaged.</summary>
internal sealed class TinyModel
{
    private const string Weights = "diffusion_pytorch_model.safetensors";

    public TinyModel(string path)
    {
        Path = path;
        string origin = Repository.File("weights", "evs-tiny");
        foreach (string file in Directory.EnumerateFiles(origin, "*", SearchOption.AllDirectories))
        {
            string copy = System.IO.Path.Combine(path, System.IO.Path.GetRelativePath(origin, file));
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    public string Path { get; }

    /// <summary>A part's weights.</summary>
    public string WeightsOf(string part) => System.IO.Path.Combine(Path, part, Weights);

    /// <summary>A part's configuration.</summary>
    public string ConfigOf(string part) => System.IO.Path.Combine(Path, part, "config.json");

    /// <summary>Changes a JSON file of the model.</summary>
    public void Edit(string file, Action<JsonObject> edit)
    {
        string path = System.IO.Path.Combine(Path, file);
        var json = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        edit(json);
        File.WriteAllText(path, json.ToJsonString());
    }

    /// <summary>Writes a part's weights anew, tensor by tensor; null leaves one out.</summary>
    public void Rewrite(string part, Func<string, long[], float[], (string Name, long[] Shape, float[] Values)?> change)
    {
        string path = WeightsOf(part);
        (string, long[], float[])[] tensors;
        using (var file = SafetensorsFile.Open(path))
            tensors = [.. file.Tensors.Select(t => change(t.Key, [.. t.Value.Shape], file.Values(t.Key))).OfType<(string, long[],
                float[])>()];
        SafetensorsWriter.Save(path, tensors);
    }

    /// <summary>Cuts a file off at a share of its length.</summary>
    public static void Truncate(string file, double share)
    {
        using var stream = File.OpenWrite(file);
        stream.SetLength((long)(stream.Length * share));
    }

    /// <summary>Writes over a file's first bytes.</summary>
    public static void WriteLength(string file, long length)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, length);
        using var stream = File.OpenWrite(file);
        stream.Write(bytes);
    }
}
