using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace EvsNative.Layers;

/// <summary>
/// A file of weights that torch.save wrote: .pt, .pth, .bin, .ckpt. Its pickle is read without running anything; its numbers are read where
/// they lie. Bytes are held against the archive's checksums as they are read; of a storage of more than <see cref="MostToCheck"/> bytes
/// only where a tensor is the whole of it.
/// </summary>
internal sealed class TorchFile : TensorFile
{
    /// <summary>Largest storage, in bytes, that is read a second time to be held against its checksum.</summary>
    public const int MostToCheck = 1 << 22;

    private readonly FileBytes _file;
    private readonly TorchTensors _content;

    private TorchFile(FileBytes file, string format, TorchContent content) : base(file.Path) =>
        (_file, Format, _content) = (file, format, TorchTensors.Of(file, content));

    /// <inheritdoc/>
    public override string Format { get; }

    /// <summary>Texts and numbers that stand beside the tensors.</summary>
    public override IReadOnlyDictionary<string, string> Metadata => _content.Metadata;

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, StoredTensor> Tensors => _content.Tensors;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Others => _content.Others;

    /// <summary>Opens a file that starts as one of torch.save; null if it does not. The file is its from then on.</summary>
    /// <exception cref="InputException">it is damaged, or asks for what is not done</exception>
    public static TorchFile? TryOpen(FileBytes file, ReadOnlySpan<byte> start)
    {
        if (start.StartsWith("PK\u0003\u0004"u8)) return new TorchFile(file, "PyTorch zip", TorchZip.Read(file));
        return TorchLegacy.Recognises(start) ? new TorchFile(file, "PyTorch before 1.6", TorchLegacy.Read(file)) : null;
    }

    /// <inheritdoc/>
    public override void Read(string name, IReadOnlyList<long> shape, Span<float> values)
    {
        var view = ((ViewedTensor)FindReadable(name, values.Length)).View;
        if (view.IsContiguous)
        {
            ReadRow(view, values);
            return;
        }

        Check(view.Storage);
        StridedView.Read(view, values, (long first, Span<float> elements) =>
            StoredNumbers.Read(_file, view.PlaceOf(first), view.Type, elements));
    }

    /// <inheritdoc/>
    public override void ReadStored(string name, Span<byte> bytes)
    {
        var tensor = (ViewedTensor)FindStored(name, bytes.Length);
        var view = tensor.View;
        if (view.IsContiguous)
        {
            bool isHeld = IsHeldAsRead(view);
            if (!isHeld) Check(view.Storage);
            _file.ReadExactly(bytes, view.PlaceOf(view.Offset));
            if (isHeld) Hold(view.Storage, Crc32.HashToUInt32(bytes));
            return;
        }

        Check(view.Storage);
        if (view.Type.Bytes() == 1) Gather<byte>(view, bytes);
        else if (view.Type.Bytes() == 2) Gather<ushort>(view, bytes);
        else if (view.Type.Bytes() == 4) Gather<uint>(view, bytes);
        else Gather<ulong>(view, bytes);
    }

    /// <inheritdoc/>
    public override void Dispose() => _file.Dispose();

    private void Gather<T>(TorchView view, Span<byte> bytes)
        where T : unmanaged =>
        StridedView.Read(view, MemoryMarshal.Cast<byte, T>(bytes), (long first, Span<T> elements) =>
            _file.ReadExactly(MemoryMarshal.AsBytes(elements), view.PlaceOf(first)));

    /// <summary>Elements that lie one behind the other; where they are all of the storage they are summed as they are read.</summary>
    private void ReadRow(TorchView view, Span<float> values)
    {
        var storage = view.Storage;
        if (!IsHeldAsRead(view))
        {
            Check(storage);
            StoredNumbers.Read(_file, view.PlaceOf(view.Offset), view.Type, values);
            return;
        }

        var sum = new Crc32();
        StoredNumbers.Read(_file, storage.Place, view.Type, values, sum.Append);
        Hold(storage, sum.GetCurrentHashAsUInt32());
    }

    /// <summary>True where a tensor is all of a storage that is not yet checked: one reading gives numbers and sum.</summary>
    private static bool IsHeldAsRead(TorchView view) => view.IsWhole && view.Storage is { Crc: not null, IsChecked: false };

    /// <summary>Holds a small storage of which only a part is asked for against its checksum, once.</summary>
    private void Check(TorchStorage storage)
    {
        if (storage.Crc is null || storage.IsChecked || storage.Bytes > MostToCheck) return;
        var sum = new Crc32();
        StoredNumbers.Pass(_file, storage.Place, storage.Bytes, sum.Append);
        Hold(storage, sum.GetCurrentHashAsUInt32());
    }

    private void Hold(TorchStorage storage, uint sum)
    {
        if (sum != storage.Crc) throw StoredNumbers.WrongCrc(_file, $"data/{storage.Key}");
        storage.IsChecked = true;
    }
}
