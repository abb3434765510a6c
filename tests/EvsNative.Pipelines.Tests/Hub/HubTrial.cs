using EvsNative.Models;
using EvsNative.Pipelines.Hub;
using EvsNative.Testing;

namespace EvsNative.Pipelines.Tests.Hub;

/// <summary>A server with a small model on it, an empty cache, and no patience.</summary>
internal sealed class HubTrial : IDisposable
{
    private static readonly HubTimes Short = new()
    {
        Connect = TimeSpan.FromSeconds(5),
        Answer = TimeSpan.FromMilliseconds(400),
        Stall = TimeSpan.FromMilliseconds(200),
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

    public HubServer Server { get; } = new();

    public TemporaryFolder Folder { get; } = new();

    public HubCache Cache => new(Path.Combine(Folder.Path, "hub"));

    /// <summary>The environment.</summary>
    public Dictionary<string, string> Variables { get; } = [];

    public string? Variable(string name) => Variables.GetValueOrDefault(name);

    public PullRequest Request(string name = HubServer.Repository) => new(name)
    {
        Endpoint = Server.Address,
        Cache = Cache,
        Times = Short,
        Variable = Variable,
    };

    public PullResult Pull() => HubPull.Run(Request());

    /// <summary>A file of the repository as it lies in the cache.</summary>
    public byte[] Pulled(string path) =>
        File.ReadAllBytes(ModelPath.Resolve($"{HubServer.Repository}/{path}", Cache));

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
