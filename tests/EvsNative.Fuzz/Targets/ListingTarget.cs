using System.Text;
using EvsNative.Fuzz.Mutation;
using EvsNative.Fuzz.Running;
using EvsNative.Models;
using EvsNative.Pipelines.Hub;

namespace EvsNative.Fuzz.Targets;

/// <summary>A hub's list of a repository's files, and which of them would be fetched to where.</summary>
internal sealed class ListingTarget() : FuzzTarget("listing", "a hub's list of a repository's files", 1500)
{
    private const string File = "listing.json";
    private static readonly HubName Model = new("a", "b");

    private static readonly byte[] Seed = Encoding.UTF8.GetBytes($$"""
        {"id":"a/b","sha":"{{new string('a', 40)}}","private":false,"gated":"auto","tags":["diffusers","license:mit"],
        "cardData":{"license":["mit","other"],"license_name":"own"},"siblings":[{"rfilename":"model_index.json","size":541,
        "blobId":"{{new string('b', 40)}}"},{"rfilename":"unet/config.json","size":743,"blobId":"{{new string('c', 40)}}"},
        {"rfilename":"unet/diffusion_pytorch_model.safetensors","size":3438167540,"blobId":"{{new string('d', 40)}}",
        "lfs":{"sha256":"{{new string('e', 64)}}","size":3438167540,"pointerSize":135} },
        {"rfilename":"unet/diffusion_pytorch_model-00001-of-00002.fp16.bin","size":1,"lfs":{"sha256":"{{new string('f', 64)}}","size":1} }]}
        """);

    /// <inheritdoc/>
    public override IReadOnlyList<IReadOnlyList<FuzzFile>> Sound => [[new(File, Seed)]];

    /// <inheritdoc/>
    public override IReadOnlyList<FuzzFile> Make(Dice dice) => [new(File, JsonMutation.Change(dice, Seed))];

    /// <inheritdoc/>
    public override void Read(string folder)
    {
        var listing = HubListing.Parse(System.IO.File.ReadAllBytes(Path.Combine(folder, File)), "hub: a/b");
        var store = new HubStore(new HubCache(folder), Model, listing.Commit);
        foreach (var file in HubSelection.Of(listing.Files, Model))
        {
            var whole = file with { Tag = file.Tag ?? "tag" };
            foreach (string place in new[] { store.Place(whole), store.Part(whole), store.LockPath(whole) })
            {
                if (!Path.GetFullPath(place).StartsWith(Path.GetFullPath(folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal))
                    throw new BrokenPromiseException($"leads out of the cache: {place}");
            }

            if (file.Bytes < 0) throw new BrokenPromiseException("fewer bytes than none");
        }
    }
}
