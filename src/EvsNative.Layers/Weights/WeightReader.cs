using System.Runtime.InteropServices;
using EvsNative.Kernels;

namespace EvsNative.Layers;

/// <summary>
/// Reads tensors of one file for all stores on it: holds them to what is asked for and to the limits, and keeps what does not agree.
/// </summary>
/// <param name="file">where they come from</param>
internal sealed class WeightReader(IWeightFile file)
{
    private readonly WeightFindings _findings = new(file);
    private readonly ReadingBuffer _buffer = new();
    private long _numbersAsked;

    /// <summary>Called with <see cref="NumbersRead"/> after each tensor.</summary>
    public Action<long>? OnRead { get; set; }

    /// <summary>Numbers read so far.</summary>
    public long NumbersRead { get; private set; }

    /// <summary>What reading costs.</summary>
    public WeightTally Tally { get; set; } = new();

    /// <summary>True if the file lists a tensor of this name or in the folder of this name.</summary>
    public bool HasAnyUnder(string path) => file.Names.Any(name =>
        name.StartsWith(path, StringComparison.Ordinal) && (name.Length == path.Length || name[path.Length] == '.'));

    /// <summary>As the file stores them, where all parts of a stack agree.</summary>
    public WeightStorage StorageOf(string[] names)
    {
        var first = file.StorageOf(names[0]);
        return names.All(name => file.StorageOf(name) == first) ? first : WeightStorage.Float32;
    }

    /// <summary>
    /// The values of several tensors of one shape, one behind the other; empty on a dry device. Valid until the next call. What cannot be
    /// read is zeros.
    /// </summary>
    /// <param name="device">where they go</param>
    /// <param name="names">the tensors</param>
    /// <param name="wanted">the shape of each</param>
    /// <param name="isCounted">false where they are only looked at</param>
    public ReadOnlySpan<float> Read(Device device, string[] names, long[] wanted, bool isCounted)
    {
        device.Cancellation.ThrowIfCancellationRequested();
        var (each, all) = Sizes(names, wanted);
        Tally.See(sizeof(float) * (long)all);
        var room = device.IsDry ? [] : _buffer.Take(all);
        for (int i = 0; i < names.Length; i++)
        {
            var found = _findings.Find(names[i], wanted);
            if (found is not null && isCounted) Tally.Read((long)each * file.StorageOf(names[i]).Bytes());
            if (device.IsDry) continue;
            var values = room.Slice(i * each, each);
            if (found is null)
            {
                values.Clear();
                continue;
            }

            file.Read(names[i], found, values);
            _findings.CheckFinite(names[i], values);
            NumbersRead += each;
            OnRead?.Invoke(NumbersRead);
        }

        return room;
    }

    /// <summary>Compares a table of whole numbers with what it must be, if the file has it; on a dry device its shape alone.</summary>
    /// <param name="device">what it is for</param>
    /// <param name="name">the table</param>
    /// <param name="values">what it must be</param>
    /// <param name="wanted">its shape</param>
    public void Compare(Device device, string name, Func<long[]> values, long[] wanted)
    {
        if (!file.Names.Contains(name) || _findings.Find(name, wanted) is null || device.IsDry) return;
        // Where numbers are made up or changed on the way there are no stored ones to look at.
        if (file.FindStored(name) is not { } stored) return;
        bool isSame = stored.Type == StoredType.I64;
        if (isSame)
        {
            long[] numbers = new long[stored.Count];
            file.ReadStored(name, MemoryMarshal.AsBytes(numbers.AsSpan()));
            isSame = numbers.SequenceEqual(values());
        }

        if (!isSame) _findings.AddOther(name, wanted);
        NumbersRead += stored.Count;
        OnRead?.Invoke(NumbersRead);
    }

    /// <summary>Gives the reading buffer back.</summary>
    public void FreeBuffer() => _buffer.Free();

    /// <summary>Throws if anything was found, or if the file holds tensors that were not asked for.</summary>
    public void Verify() => _findings.Verify();

    /// <summary>Throws if anything was found in what has been asked for.</summary>
    public void VerifyAsked() => _findings.VerifyAsked();

    /// <summary>Numbers of each tensor and of all together, held against the limits before anything is made for them.</summary>
    private (int Each, int All) Sizes(string[] names, long[] wanted)
    {
        long each = Product(wanted), all = each * names.Length;
        // What is read again was counted before.
        _numbersAsked += each * names.Count(name => !_findings.WasAsked(name));
        if (all <= InputLimits.WeightElements && _numbersAsked <= InputLimits.Elements) return ((int)each, (int)all);
        throw new InputException(
            InputCode.TooLarge,
            $"{file.Origin}: its configuration makes {InputText.Name(names[0])} [{string.Join(',', wanted)}] or all tensors together "
            + "larger than any network: check the configuration");
    }

    /// <summary>The product of lengths that are ints, and one more than is allowed where it is larger: so it cannot overflow.</summary>
    private static long Product(long[] lengths) =>
        lengths.Aggregate(1L, (product, length) => Math.Min(product * length, InputLimits.WeightElements + 1));
}
