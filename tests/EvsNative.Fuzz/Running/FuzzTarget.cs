using EvsNative.Fuzz.Mutation;
using EvsNative.Layers;

namespace EvsNative.Fuzz.Running;

/// <summary>
/// A parser of the product, and how its inputs are spoiled. A case is some files, made from dice alone, and laid over the files that stand
/// in every case; reading looks at nothing but these files, so that a case that was kept as files is read as it was found.
/// </summary>
/// <param name="name">one word</param>
/// <param name="about">what is parsed, in a line</param>
/// <param name="gateCases">cases of the bounded run</param>
internal abstract class FuzzTarget(string name, string about, int gateCases)
{
    /// <summary>One word.</summary>
    public string Name => name;

    /// <summary>What is parsed, in a line.</summary>
    public string About => about;

    /// <summary>Cases of the bounded run.</summary>
    public int GateCases => gateCases;

    /// <summary>Files that stand in every case unless it has others of their names.</summary>
    public virtual IReadOnlyList<FuzzFile> Whole => [];

    /// <summary>Bytes that reading may allocate whatever the input.</summary>
    public virtual long UsualBytes => FuzzLimits.ReaderBytes;

    /// <summary>After this time a case counts as hanging.</summary>
    public virtual TimeSpan Hang => FuzzLimits.Hang;

    /// <summary>True if what is allocated outside of the garbage collector's memory is to be counted too.</summary>
    public virtual bool IsNative => false;

    /// <summary>Why this cannot run on this machine; null if it can.</summary>
    public virtual string? Missing => null;

    /// <summary>Inputs as they should be: each is accepted.</summary>
    public abstract IReadOnlyList<IReadOnlyList<FuzzFile>> Sound { get; }

    /// <summary>The files of a case.</summary>
    public abstract IReadOnlyList<FuzzFile> Make(Dice dice);

    /// <summary>
    /// Bytes that a whole reader rightly needs beside its file's own: the pixels that a small file unfolds to, within the product's limits.
    /// </summary>
    public virtual long RightfulBytes(IReadOnlyList<FuzzFile> files) => 0;

    /// <summary>Reads the files as the product would, and looks whether what was accepted keeps what the product promises.</summary>
    /// <exception cref="InputException">refused</exception>
    /// <exception cref="BrokenPromiseException">accepted, and not as promised</exception>
    public abstract void Read(string folder);

    /// <summary>One input for each content of a file.</summary>
    protected static IReadOnlyList<IReadOnlyList<FuzzFile>> Each(string name, IEnumerable<byte[]> contents) =>
        [.. contents.Select(bytes => new[] { new FuzzFile(name, bytes) })];
}
