using System.Buffers.Binary;
using System.Text;

namespace EvsNative.Layers.Archives;

/// <summary>
/// The directory of a zip archive whose entries are stored as they are. It is believed where local headers say otherwise, as PyTorch does,
/// whose local headers hold no sizes. Nothing is ever unpacked, so names are only compared; with no compression there is no bomb. Source:
/// APPNOTE.TXT 4.3.7, 4.3.12, 4.5.3.
/// </summary>
internal sealed class ZipDirectory
{
    private const int LineBytes = 46, LocalBytes = 30;
    private const ushort Encrypted = 1, LargeSizes = 1;

    private readonly FileBytes _file;
    private readonly Dictionary<string, ZipEntry> _entries;
    private readonly long _start;

    private ZipDirectory(FileBytes file, Dictionary<string, ZipEntry> entries, long start) =>
        (_file, _entries, _start) = (file, entries, start);

    /// <summary>The entries' names.</summary>
    public IReadOnlyCollection<string> Names => _entries.Keys;

    /// <summary>
    /// The first name of an entry that is compressed or encrypted, so that its bytes cannot be read where they lie; else null.
    /// </summary>
    public string? Packed { get; private set; }

    /// <summary>Reads the directory of an archive.</summary>
    /// <exception cref="InputException">it is damaged, or larger than is read</exception>
    public static ZipDirectory Read(FileBytes file)
    {
        var end = ZipEnd.Find(file);
        if (end.Count > InputLimits.Tensors || end.Bytes > InputLimits.DirectoryBytes)
            throw new InputException(InputCode.TooLarge, $"{file.Path}: a zip archive of {end.Count} entries: check the file");
        if (end.Bytes < end.Count * LineBytes) throw Damaged(file, "the archive's directory is damaged");
        byte[] lines = new byte[end.Bytes];
        file.ReadExactly(lines, end.Start);
        var directory = new ZipDirectory(file, new((int)end.Count), end.Start);
        int at = 0;
        for (long left = end.Count; left > 0; left--) at += directory.Add(lines.AsSpan(at));
        return directory;
    }

    /// <summary>The entry of this name; null if there is none.</summary>
    public ZipEntry? Find(string name) => _entries.GetValueOrDefault(name);

    /// <summary>Where an entry's bytes begin: its own header says how long it is itself.</summary>
    /// <exception cref="InputException">the header is damaged or of another name, or the bytes would lie outside</exception>
    public long Place(ZipEntry entry)
    {
        Span<byte> header = stackalloc byte[LocalBytes];
        if (entry.Header > _start - LocalBytes) throw Damaged(_file, $"entry {InputText.Quote(entry.Name)} lies outside of the archive");
        _file.ReadExactly(header, entry.Header);
        int name = BinaryPrimitives.ReadUInt16LittleEndian(header[26..]), extra = BinaryPrimitives.ReadUInt16LittleEndian(header[28..]);
        long place = entry.Header + LocalBytes + name + extra;
        if (!header.StartsWith("PK\u0003\u0004"u8) || place > _start || entry.Bytes > _start - place)
            throw Damaged(_file, $"entry {InputText.Quote(entry.Name)} lies outside of the archive");
        byte[] own = new byte[name];
        _file.ReadExactly(own, entry.Header + LocalBytes);
        return Encoding.UTF8.GetString(own) == entry.Name
            ? place
            : throw Damaged(_file, $"entry {InputText.Quote(entry.Name)} has another name where it lies");
    }

    /// <summary>The line for an archive that breaks the rules.</summary>
    public static InputException Damaged(FileBytes file, string what) =>
        new(InputCode.Damaged, $"{file.Path}: {what}: download it again");

    /// <summary>Adds the entry of a line and gives the line's length.</summary>
    private int Add(ReadOnlySpan<byte> line)
    {
        if (line.Length < LineBytes || !line.StartsWith("PK\u0001\u0002"u8)) throw Damaged(_file, "the archive's directory is damaged");
        int name = BinaryPrimitives.ReadUInt16LittleEndian(line[28..]), extra = BinaryPrimitives.ReadUInt16LittleEndian(line[30..]);
        int length = LineBytes + name + extra + BinaryPrimitives.ReadUInt16LittleEndian(line[32..]);
        if (length > line.Length) throw Damaged(_file, "the archive's directory is damaged");
        string text = Encoding.UTF8.GetString(line.Slice(LineBytes, name));
        long packed = BinaryPrimitives.ReadUInt32LittleEndian(line[20..]), full = BinaryPrimitives.ReadUInt32LittleEndian(line[24..]);
        long header = BinaryPrimitives.ReadUInt32LittleEndian(line[42..]);
        ReadLarge(line.Slice(LineBytes + name, extra), ref full, ref packed, ref header);
        if (full < 0 || packed < 0 || header < 0) throw Damaged(_file, "the archive's directory is damaged");
        bool isEncrypted = (BinaryPrimitives.ReadUInt16LittleEndian(line[8..]) & Encrypted) != 0;
        if (isEncrypted || BinaryPrimitives.ReadUInt16LittleEndian(line[10..]) != 0) Packed ??= text;
        else if (packed != full) throw Damaged(_file, $"entry {InputText.Quote(text)} has two sizes");
        var entry = new ZipEntry(text, header, full, BinaryPrimitives.ReadUInt32LittleEndian(line[16..]));
        return _entries.TryAdd(text, entry) ? length : throw Damaged(_file, $"entry {InputText.Quote(text)} stands twice in the archive");
    }

    /// <summary>Sizes and places that do not fit 32 bits stand in a field of their own, in this order, those alone that do not.</summary>
    private static void ReadLarge(ReadOnlySpan<byte> extra, ref long full, ref long packed, ref long header)
    {
        while (extra.Length >= 4)
        {
            ushort kind = BinaryPrimitives.ReadUInt16LittleEndian(extra);
            int length = Math.Min(BinaryPrimitives.ReadUInt16LittleEndian(extra[2..]), extra.Length - 4);
            var field = extra.Slice(4, length);
            extra = extra[(4 + length)..];
            if (kind != LargeSizes) continue;
            Take(ref full, ref field);
            Take(ref packed, ref field);
            Take(ref header, ref field);
            return;
        }

        static void Take(ref long value, ref ReadOnlySpan<byte> field)
        {
            if (value != uint.MaxValue || field.Length < sizeof(long)) return;
            value = BinaryPrimitives.ReadInt64LittleEndian(field);
            field = field[sizeof(long)..];
        }
    }
}
