namespace EvsNative.Layers;

/// <summary>A part of a network, whatever it is.</summary>
public abstract class Part
{
    private protected Part() { }

    /// <summary>True if it is always there.</summary>
    public bool IsKept { get; private protected set; }

    /// <summary>What a part that comes and goes takes on the device while it is there.</summary>
    public long Bytes { get; private protected set; }

    /// <summary>From now on it stays where its folders' stores are.</summary>
    public abstract void Keep();
}

/// <summary>
/// A part of a network whose weights are on the device only while somebody has borrowed it, or always. Names and shapes of one that comes
/// and goes are checked when it is made, so that a store's <see cref="WeightStore.Verify"/> knows of them; numbers that are not finite are
/// found when they are read. Not for use from two threads at once.
/// </summary>
/// <typeparam name="T">what is built on the weights</typeparam>
public sealed class Part<T> : Part where T : class
{
    private readonly IReadOnlyList<WeightSource> _folders = [];
    private readonly Func<IReadOnlyList<WeightSource>, T>? _build;
    private IReadOnlyList<WeightSource> _borrowed = [];
    private T? _value;
    private int _users;

    /// <summary>What is there already, for ever.</summary>
    public Part(T value) => (_value, IsKept) = (value, true);

    /// <summary>A part that is built of weights.</summary>
    /// <param name="folders">where they are, of one store or several</param>
    /// <param name="build">builds it of these folders, each time in the same way</param>
    /// <param name="isKept">it is built at once and stays as long as the folders' stores; otherwise it comes and goes</param>
    public Part(IReadOnlyList<WeightSource> folders, Func<IReadOnlyList<WeightSource>, T> build, bool isKept)
    {
        (_folders, _build) = (folders, build);
        if (isKept) Keep();
        else Check();
    }

    /// <inheritdoc/>
    public override void Keep()
    {
        if (IsKept) return;
        if (_users > 0) throw new InvalidOperationException("a part that is borrowed cannot be kept");
        (_value, IsKept) = (_build!(_folders), true);
    }

    /// <summary>
    /// Until the loan ends, what was read stays. It is read when it is first asked for (<see cref="Loan.Value"/>), so a loan that nobody
    /// uses costs nothing; loans may lie in one another, and the last that ends gives the weights back.
    /// </summary>
    public Loan Borrow()
    {
        _users++;
        return new Loan(this);
    }

    private void Check()
    {
        WeightSource[] looked = [.. _folders.Select(folder => folder.Check())];
        _build!(looked);
        Bytes = looked.Sum(folder => folder.StoreBytes);
        foreach (var folder in looked) folder.FreeStore();
    }

    private T Build()
    {
        WeightSource[] borrowed = [.. _folders.Select(folder => folder.Borrow())];
        try
        {
            var value = _build!(borrowed);
            foreach (var folder in borrowed) folder.VerifyBorrowed();
            _borrowed = borrowed;
            return value;
        }
        catch
        {
            foreach (var folder in borrowed) folder.FreeStore();
            throw;
        }
    }

    private void Return()
    {
        if (--_users > 0 || IsKept) return;
        foreach (var folder in _borrowed) folder.FreeStore();
        (_borrowed, _value) = ([], null);
    }

    /// <summary>The time in which a part is there; ends with <c>using</c>.</summary>
    public readonly struct Loan : IDisposable
    {
        private readonly Part<T> _part;

        internal Loan(Part<T> part) => _part = part;

        /// <summary>The part, read now if it was not there.</summary>
        /// <exception cref="InputException">numbers of it are not finite</exception>
        public T Value => _part._value ??= _part.Build();

        /// <inheritdoc/>
        public void Dispose() => _part.Return();
    }
}
