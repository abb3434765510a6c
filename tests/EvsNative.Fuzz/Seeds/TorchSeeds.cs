using EvsNative.Layers;
using EvsNative.Testing;

namespace EvsNative.Fuzz.Seeds;

/// <summary>Small pickles of what people keep in PyTorch files, with their storages.</summary>
internal static class TorchSeeds
{
    private static readonly TorchTensor[] Tensors =
    [
        new("a.weight", [2, 3], [1, 2, 3, 4, 5, 6]), new("a.bias", [4], [1, 2, 3, 4], StoredType.F16),
        new("b", [1, 2, 2], [1, 2, 3, 4], StoredType.BF16), new("c", [], [5], StoredType.F64), new("d", [3], [1, 2, 3], StoredType.I64),
        new("e", [3, 2], [1, 2, 3, 4, 5, 6]) { Strides = [1, 3], Storage = "shared" },
        new("f", [2, 2], [1, 2, 3, 4, 5, 6]) { Strides = [0, 2], Offset = 1, Storage = "shared" },
        new("g", [0, 5], []), new("h", [2], [0, 1], StoredType.Bool),
    ];

    /// <summary>What is saved: a network, one within a trainer's checkpoint, a textual inversion, lists, nothing.</summary>
    private static readonly object?[] Contents =
    [
        TorchFiles.Dictionary(Tensors),
        new Dictionary<string, object?>
        {
            ["epoch"] = 7, ["state_dict"] = TorchFiles.Dictionary(Tensors[..3]), ["lr"] = 1e-4, ["name"] = "näme", ["none"] = null,
            ["optimizer_states"] = new List<object?> { new Dictionary<object, object?> { [0L] = Tensors[4] }, true },
        },
        new Dictionary<string, object?>
        {
            ["string_to_token"] = new Dictionary<string, object?> { ["*"] = 265 },
            ["string_to_param"] = new Dictionary<string, object?> { ["*"] = Tensors[0] },
        },
        new List<object?> { Tensors[0], Tensors[1], 70_000, -3, 1L << 40 },
        null,
    ];

    /// <summary>Pickles of the layout since torch 1.6, with their storages; the last two say rarer words.</summary>
    public static IReadOnlyList<(byte[] Pickle, (string Key, byte[] Bytes)[] Storages)> Pickles { get; } =
    [
        .. Contents.Select(content => Of(TorchFiles.Pickle(content, isLegacy: false))),
        (Words().Bytes, [("0", new byte[16])]),
        (Newer().Bytes, [("0", new byte[16])]),
    ];

    /// <summary>Pickles of the layout before, with their storages.</summary>
    public static IReadOnlyList<(byte[] Pickle, (string Key, long Count, byte[] Bytes)[] Storages)> LegacyPickles { get; } =
        [.. Contents.Select(content => TorchFiles.Pickle(content, isLegacy: true)).Select(made => (made.Pickle, made.Storages.ToArray()))];

    /// <summary>Whole files of both layouts.</summary>
    public static IReadOnlyList<byte[]> Files { get; } =
    [
        .. Pickles.Select(made => TorchFiles.Zip(made.Pickle, made.Storages)),
        .. LegacyPickles.Select(made => TorchFiles.Legacy(made.Pickle, made.Storages)),
    ];

    private static (byte[] Pickle, (string Key, byte[] Bytes)[] Storages) Of(
        (byte[] Pickle, IReadOnlyList<(string Key, long Count, byte[] Bytes)> Storages) made) =>
        (made.Pickle, [.. made.Storages.Select(storage => (storage.Key, storage.Bytes))]);

    /// <summary>A trainer's classes, NumPy's numbers, sets, parameters, a state, the memo.</summary>
    private static PickleWriter Words()
    {
        var pickle = new PickleWriter().Ops("}(").Global("pytorch_lightning.callbacks.model_checkpoint", "ModelCheckpoint").Ops("}");
        pickle.Text("best").Global("numpy.core.multiarray", "scalar").Raw((byte)'q', 1);
        pickle.Ops("(").Global("numpy", "dtype").Ops("(").Text("f8");
        pickle.Raw(0x89, 0x88).Ops("tR(K\u0003").Text("<").Ops("NNNJ\u00ff\u00ff\u00ff\u00ffJ\u00ff\u00ff\u00ff\u00ffK\0tb");
        pickle.Global("_codecs", "encode").Text("12345678").Text("latin1").Raw(0x86).Ops("RtR");
        pickle.Text("set").Global("__builtin__", "set").Ops("](K\u0001K\u0002e\u0085R");
        pickle.Text("words").Global("torch.nn.modules.container", "ParameterDict").Ops(")").Raw(0x81).Ops("}").Text("_parameters").Ops("}");
        pickle.Text("*").Global("torch._utils", "_rebuild_parameter").Ops("(").Tensor(Tensors[1] with { Type = StoredType.F32 }, "0");
        pickle.Raw(0x88).Global("collections", "OrderedDict").Ops(")RtRssb");
        return pickle.Text("size").Global("torch", "Size").Wholes([2, 3]).Raw(0x85).Ops("Ru.");
    }

    /// <summary>Protocol 4: frames, the memo's next place, names from texts; FP8.</summary>
    private static PickleWriter Newer()
    {
        var pickle = new PickleWriter(4).Raw(0x95, 1, 2, 3, 4, 5, 6, 7, 8).Ops("}").Raw(0x94).Raw(0x8C, 1).Ops("w");
        pickle.Raw(0x8C, 12).Ops("torch._utils").Raw(0x8C, 18).Ops("_rebuild_tensor_v3").Raw(0x93, 0x94).Ops("((").Text("storage");
        pickle.Global("torch.storage", "UntypedStorage").Text("0").Text("cpu").Whole(16).Ops("tQ");
        pickle.Whole(1).Wholes([3]).Wholes([5]).Raw(0x89);
        return pickle.Global("collections", "OrderedDict").Ops(")R").Global("torch", "float8_e4m3fn").Ops("tRs.");
    }
}
