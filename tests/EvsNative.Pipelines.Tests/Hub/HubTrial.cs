using EvsNative.Models;
using EvsNative.Pipelines.Hub;
using EvsNative.Testing;

namespace EvsNative.Pipelines.Tests.Hub;

/// <summary>A server with a small model on it, and an empty cache.</summary>
internal sealed class HubTrial : IDisposable
{
    /// <summary>Patient with silence, since tests run on busy machines, and quick to try again.</summary>
    private static readonly HubTimes Quick = new()
    {
        Pause = TimeSpan.FromMilliseconds(1),
        LongestPause = TimeSpan.FromMilliseconds(20),
        Look = TimeSpan.FromMilliseconds(5),
        Tries = 3,
        Progress = 1000,
    };

    public HubTrial()
    {
        Server.Files["README.md"] = "a page"u8.ToArray();
        Server.Files["model_index.json"] = "{}"u8.ToArray();
        Server.Files["unet/config.json"] = "{\"a\": 1}"u8.ToArray();
        Server.Files["unet/diffusion_pytorch_model.safetensors"] = Bytes(5000);
        Server.Files["unet/diffusion_pytorch_model.bin"] = Bytes(70);
    }

    public HubServer Server { get; init; } = new();

    public TemporaryFolder Folder { get; } = new();

    public HubCache Cache => new(Path.Combine(Folder.Path, "hub"));

    /// <summary>How long it waits.</summary>
    public HubTimes Times { get; set; } = Quick;

    /// <summary>The environment.</summary>
    public Dictionary<string, string> Variables { get; } = [];

    public string? Variable(string name) => Variables.GetValueOrDefault(name);

    public PullRequest Request(string name = HubServer.Repository) => new(name)
    {
        Endpoint = Server.Address,
        Cache = Cache,
        Times = Times,
        Variable = Variable,
    };

    public PullResult Pull() => HubPull.Run(Request());

    /// <summary>From now on silence is not borne for long.</summary>
    public void Hurry(int tries = 8) => Times = Quick with { Stall = TimeSpan.FromMilliseconds(200), Tries = tries };

    /// <summary>A file of the repository as it lies in the cache.</summary>
    public byte[] Pulled(string path) =>
        File.ReadAllBytes(ModelPath.Resolve($"{Server.Name}/{path}", Cache));

    /// <summary>Leaves a part as a run does that was ended.</summary>
    public void Leave(string path, byte[] part)
    {
        string tag = HubServer.Tag(path, Server.Files[path]);
        Folder.Write($"hub/models--someone--some-model/blobs/{tag}.incomplete", part);
    }

    public void ExpectNoParts() => Assert.Empty(Directory.GetFiles(Cache.Root, "*.incomplete", SearchOption.AllDirectories));

    /// <summary>Bytes that differ from place to place.</summary>
    public static byte[] Bytes(int count)
    {
        byte[] bytes = new byte[count];
        new Random(count).NextBytes(bytes);
        return bytes;
    }

    public void Dispose()
    {
        Server.Dispose();
        Folder.Dispose();
    }
}
