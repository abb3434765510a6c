namespace EvsNative.Layers;

/// <summary>
/// The names of Python that files of weights say, and no others. Sources: torch/_utils.py, torch/serialization.py, torch/storage.py of
/// PyTorch 1.0 to 2.9; numpy/core/multiarray; what published checkpoints hold beside tensors.
/// </summary>
internal static class TorchNames
{
    /// <summary>Classes of storages, all of the module torch, with the type of their elements.</summary>
    public static readonly IReadOnlyDictionary<string, StoredType> Storages = new Dictionary<string, StoredType>
    {
        ["FloatStorage"] = StoredType.F32,
        ["DoubleStorage"] = StoredType.F64,
        ["HalfStorage"] = StoredType.F16,
        ["BFloat16Storage"] = StoredType.BF16,
        ["LongStorage"] = StoredType.I64,
        ["IntStorage"] = StoredType.I32,
        ["ShortStorage"] = StoredType.I16,
        ["CharStorage"] = StoredType.I8,
        ["ByteStorage"] = StoredType.U8,
        ["BoolStorage"] = StoredType.Bool,
        [Untyped] = StoredType.U8,
    };

    /// <summary>The storage of bytes whose tensors say themselves what their elements are.</summary>
    public const string Untyped = "UntypedStorage";

    /// <summary>Words for types of elements, all of the module torch.</summary>
    public static readonly IReadOnlyDictionary<string, StoredType> Types = new Dictionary<string, StoredType>
    {
        ["float32"] = StoredType.F32,
        ["float64"] = StoredType.F64,
        ["float16"] = StoredType.F16,
        ["bfloat16"] = StoredType.BF16,
        ["int64"] = StoredType.I64,
        ["int32"] = StoredType.I32,
        ["int16"] = StoredType.I16,
        ["int8"] = StoredType.I8,
        ["uint8"] = StoredType.U8,
        ["uint16"] = StoredType.U16,
        ["uint32"] = StoredType.U32,
        ["uint64"] = StoredType.U64,
        ["bool"] = StoredType.Bool,
        ["float8_e4m3fn"] = StoredType.F8E4M3,
        ["float8_e5m2"] = StoredType.F8E5M2,
    };

    /// <summary>What is called: <see cref="TorchWords"/> has a row for each.</summary>
    public static readonly IReadOnlySet<string> Called = new HashSet<string>
    {
        "torch._utils._rebuild_tensor_v2", "torch._utils._rebuild_tensor_v3", "torch._utils._rebuild_tensor",
        "torch._utils._rebuild_parameter", "torch._utils._rebuild_parameter_with_state", "torch._tensor._rebuild_from_type_v2",
        "torch.Size", "torch.device", "collections.OrderedDict", "collections.defaultdict", "collections.Counter",
        "builtins.set", "__builtin__.set", "_codecs.encode", "numpy.dtype",
        "numpy.core.multiarray.scalar", "numpy._core.multiarray.scalar",
        "numpy.core.multiarray._reconstruct", "numpy._core.multiarray._reconstruct",
    };

    /// <summary>The class whose objects are read as dictionaries of their parameters: old textual inversions.</summary>
    public const string ParameterDictionary = "torch.nn.modules.container.ParameterDict";

    /// <summary>Words that stand as values or keys and are never called.</summary>
    private static readonly HashSet<string> Inert =
    [
        "torch.Tensor", "torch.nn.parameter.Parameter", "torch.nn.Parameter", "numpy.ndarray", ParameterDictionary,
        .. from module in new[] { "builtins", "__builtin__" }
           from name in new[] { "dict", "list", "tuple", "int", "long", "float", "bool", "str", "unicode", "bytes" }
           select $"{module}.{name}",
    ];

    /// <summary>
    /// Modules whose classes trainers leave as keys of a dictionary of callbacks: the first Stable Diffusion's checkpoints do. They are
    /// words that nothing can call.
    /// </summary>
    private static readonly string[] Trainers = ["pytorch_lightning.", "lightning.", "lightning_fabric."];

    /// <summary>Parts of PyTorch that are no plain numbers, with what they are called.</summary>
    private static readonly Dictionary<string, string> NotRead = new()
    {
        ["torch._utils._rebuild_qtensor"] = "quantised tensors",
        ["torch._utils._rebuild_sparse_tensor"] = "sparse tensors",
        ["torch._utils._rebuild_sparse_csr_tensor"] = "sparse tensors",
        ["torch._utils._rebuild_nested_tensor"] = "nested tensors",
        ["torch._utils._rebuild_meta_tensor_no_storage"] = "tensors without numbers",
        ["torch._utils._rebuild_device_tensor_from_numpy"] = "tensors of another device",
        ["torch._utils._rebuild_device_tensor_from_cpu_tensor"] = "tensors of another device",
        ["torch._utils._rebuild_wrapper_subclass"] = "tensors of a class of their own",
        ["torch.storage._load_from_bytes"] = "tensors inside of a plain pickle",
    };

    private static readonly string[] OtherStorages =
    [
        "ComplexFloatStorage", "ComplexDoubleStorage", "QInt8Storage", "QUInt8Storage", "QInt32Storage", "QUInt4x2Storage",
        "QUInt2x4Storage",
    ];

    private static readonly HashSet<string> OtherTypes =
    [
        "complex32", "complex64", "complex128", "float8_e4m3fnuz", "float8_e5m2fnuz", "float8_e8m0fnu", "float4_e2m1fn_x2", "qint8",
        "quint8", "qint32", "quint4x2", "quint2x4",
    ];

    /// <summary>Whether a module is where the classes of storages and words for types stand.</summary>
    public static bool IsTorch(string module) => module is "torch" or "torch.storage" or "torch.cuda";

    /// <summary>Whether a name may be said.</summary>
    public static bool IsKnown(string module, string name) =>
        Called.Contains($"{module}.{name}") || Inert.Contains($"{module}.{name}")
        || (IsTorch(module) && (Storages.ContainsKey(name) || Types.ContainsKey(name) || OtherTypes.Contains(name)))
        || Trainers.Any(trainer => $"{module}.".StartsWith(trainer, StringComparison.Ordinal));

    /// <summary>What PyTorch keeps under a name that is not read; null for a name of anybody else.</summary>
    public static string? NotReadOf(string module, string name) =>
        IsTorch(module) && OtherStorages.Contains(name) ? $"numbers of type {name}" : NotRead.GetValueOrDefault($"{module}.{name}");
}
