using EvsNative.Kernels;

namespace EvsNative.Layers;

/// <summary>A folder in a checkpoint: <c>w / "conv1"</c> walks it, as <c>cd</c> does in a file system.</summary>
public sealed class WeightSource
{
    private readonly WeightStore _store;

    internal WeightSource(WeightStore store, string path) => (_store, Path) = (store, path);

    /// <summary>The checkpoint's own words, dots between them.</summary>
    public string Path { get; }

    /// <summary>The folder <paramref name="name"/> inside <paramref name="w"/>.</summary>
    public static WeightSource operator /(WeightSource w, string name) => new(w._store, w.Full(name));

    /// <summary>The same for languages without operators.</summary>
    public static WeightSource Divide(WeightSource left, string right) => left / right;

    /// <summary>
    /// True if the checkpoint lists a tensor of this name or in the folder of this name. A source that makes tensors up lists none: what a
    /// network consists of is the configuration's word, not this one's.
    /// </summary>
    public bool Has(string name) => _store.HasAnyUnder(Full(name));

    /// <summary>
    /// A table of whole numbers that the network computes and the file may keep as well: not used, but a file with other numbers is of
    /// another network. <see cref="WeightStore.Verify"/> tells.
    /// </summary>
    /// <param name="name">the table</param>
    /// <param name="values">what it must be; asked for only if the file has it</param>
    /// <param name="stored">its dimensions</param>
    public void Agrees(string name, Func<long[]> values, params long[] stored) => _store.Agrees(Full(name), values, stored);

    /// <summary>A vector [1,1,1,length]: biases, norms.</summary>
    public Tensor Vector(string name, int length) => _store.Tensor([Full(name)], [length], Shape.Vector(length));

    /// <summary>
    /// Several vectors of one length, one behind the other, [1,1,1,length * names]: the biases of q, k and v in one product.
    /// </summary>
    public Tensor Vectors(int length, params string[] names) =>
        _store.Tensor([.. names.Select(Full)], [length], Shape.Vector(length * names.Length));

    /// <summary>A table [1,1,rows,columns]: embeddings.</summary>
    public Tensor Table(string name, int rows, int columns) => _store.Tensor([Full(name)], [rows, columns], new Shape(1, 1, rows, columns));

    /// <summary>Numbers as the file has them, in a shape of ours: tables that are no lists of rows.</summary>
    /// <param name="name">the tensor</param>
    /// <param name="shape">ours</param>
    /// <param name="stored">the file's dimensions</param>
    public Tensor Numbers(string name, Shape shape, params long[] stored) => _store.Tensor([Full(name)], stored, shape);

    /// <summary>
    /// The weights of a convolution or a linear layer, packed. Several names are stacked along the output: q, k and v in one product.
    /// A linear layer's weights may be stored as [out,in] or as a 1x1 convolution.
    /// </summary>
    public Filter Filter(FilterShape shape, params string[] names) => _store.Filter([.. names.Select(Full)], shape);

    /// <summary>
    /// Weights of a product or a convolution that are made of what the file holds: put into another order, or multiplied together. They
    /// are kept in 32 bits, and made again for each that asks.
    /// </summary>
    /// <param name="shape">what becomes of them</param>
    /// <param name="make">
    /// from the stored tensors, each in the file's order, to the numbers in the order of <see cref="FilterShape"/>; not called on a dry
    /// device
    /// </param>
    /// <param name="stored">the tensors with the file's dimensions</param>
    public Filter MadeFilter(FilterShape shape, Func<float[][], float[]> make, params (string Name, long[] Shape)[] stored) =>
        _store.MadeFilter(shape, make, Full(stored));

    /// <summary>The same for numbers that no product multiplies with.</summary>
    /// <param name="shape">ours</param>
    /// <param name="make">from the stored tensors to numbers in the order of <paramref name="shape"/>; not called on a dry device</param>
    /// <param name="stored">the tensors with the file's dimensions</param>
    public Tensor MadeNumbers(Shape shape, Func<float[][], float[]> make, params (string Name, long[] Shape)[] stored) =>
        _store.MadeNumbers(shape, make, Full(stored));

    /// <summary>Numbers that no file holds, on the device of the weights and as long as they. A dry device does not ask for them.</summary>
    public Tensor Constant(Func<float[]> values, Shape shape) => _store.Constant(values, shape);

    /// <summary>The same folder in a store of its own that is given back by <see cref="FreeStore"/>.</summary>
    internal WeightSource Borrow() => new(_store.Borrow(), Path);

    /// <summary>The same folder in a store that only looks.</summary>
    internal WeightSource Check() => new(_store.Check(), Path);

    /// <inheritdoc cref="WeightStore.Bytes"/>
    internal long StoreBytes => _store.Bytes;

    /// <inheritdoc cref="WeightStore.VerifyBorrowed"/>
    internal void VerifyBorrowed() => _store.VerifyBorrowed();

    /// <inheritdoc cref="WeightStore.Free"/>
    internal void FreeStore() => _store.Free();

    private (string Name, long[] Shape)[] Full((string Name, long[] Shape)[] stored) =>
        [.. stored.Select(tensor => (Full(tensor.Name), tensor.Shape))];

    private string Full(string name) => Path.Length == 0 ? name : $"{Path}.{name}";
}
