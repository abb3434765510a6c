using EvsNative.Testing;

namespace EvsNative.Layers.Tests;

public sealed class SafetensorsWriterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_written_is_read_back()
    {
        string path = _folder["m.safetensors"];
        float[] a = new Draw(3).Normals(24), b = new Draw(4).Normals(40_001), single = [7];
        SafetensorsPlan[] plan =
        [
            new("a.weight", [2, 3, 4]), new("b", [40_001], StoredType.F16), new("é \"quoted\"", []), new("none", [0, 4]),
        ];
        var metadata = new Dictionary<string, string> { ["format"] = "pt", ["note"] = "two\nlines" };
        using (var writer = new SafetensorsWriter(path, plan, metadata))
        {
            writer.Append(a);
            writer.Append(b);
            writer.Append(single);
            writer.Append([]);
            Assert.False(File.Exists(path));
            writer.Complete();
        }

        using var file = SafetensorsFile.Open(path);
        Assert.Equal("two\nlines", file.Metadata["note"]);
        Assert.Equal([2, 3, 4], file.FindShape("a.weight", []));
        Assert.Equal(a, file.Values("a.weight"));
        Assert.Equal([.. b.Select(v => (float)(Half)v)], file.Values("b"));
        Assert.Equal(single, file.Values("é \"quoted\""));
        Assert.Empty(file.Values("none"));
        Assert.Equal(StoredType.F16, file.Tensors["b"].Type);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Stored_bytes_of_every_type_are_written_as_they_are(StoredType type)
    {
        string path = _folder["m.safetensors"];
        byte[] bytes = new byte[5 * type.Bytes()];
        new Random((int)type).NextBytes(bytes);
        using (var writer = new SafetensorsWriter(path, [new("x", [5], type), new("none", [0], type), new("y", [1, 5], type)]))
        {
            writer.AppendStored(bytes.AsSpan(0, 3));
            Assert.Throws<InvalidOperationException>(() => writer.Append([1, 2, 3, 4, 5]));
            writer.AppendStored(bytes.AsSpan(3));
            writer.AppendStored([]);
            Assert.Throws<ArgumentException>(() => writer.AppendStored(new byte[bytes.Length + 1]));
            writer.AppendStored(bytes);
            Assert.Throws<InvalidOperationException>(() => writer.AppendStored([]));
            writer.Complete();
        }

        using var file = SafetensorsFile.Open(path);
        byte[] read = new byte[bytes.Length];
        foreach (string name in (string[])["x", "y"])
        {
            Assert.Equal(type, file.FindStored(name)!.Type);
            file.ReadStored(name, read);
            Assert.Equal(bytes, read);
            Assert.Throws<ArgumentException>(() => file.ReadStored(name, read.AsSpan(1)));
        }
    }

    public static TheoryData<StoredType> Types => [.. Enum.GetValues<StoredType>()];

    // A tie goes to the even neighbour, more than half a step up; the largest numbers stay finite. bfloat16 has 8 bits of mantissa, 0x3F80
    // is one.
    [Theory]
    [InlineData(StoredType.F16, 1f, 0x3C00)]
    [InlineData(StoredType.F16, 1.00048828125f, 0x3C00)]
    [InlineData(StoredType.F16, 1.00146484375f, 0x3C02)]
    [InlineData(StoredType.F16, 65519.99f, 0x7BFF)]
    [InlineData(StoredType.F16, -2.98023224e-8f, 0x8000)]
    [InlineData(StoredType.F16, 5.9604645e-8f, 0x0001)]
    [InlineData(StoredType.F16, float.PositiveInfinity, 0x7C00)]
    [InlineData(StoredType.BF16, 1f, 0x3F80)]
    [InlineData(StoredType.BF16, 1.00390625f, 0x3F80)]
    [InlineData(StoredType.BF16, 1.01171875f, 0x3F82)]
    [InlineData(StoredType.BF16, 3.3895314e38f, 0x7F7F)]
    [InlineData(StoredType.BF16, float.NegativeInfinity, 0xFF80)]
    public void Numbers_are_rounded_to_the_nearest_and_ties_to_even(StoredType type, float value, int bits)
    {
        byte[] bytes = new byte[2];
        FloatWriter.Write(type, [value], bytes);
        Assert.Equal(bits, BitConverter.ToUInt16(bytes));
        Assert.Null(FloatWriter.FindTooLarge(type, [value]));
    }

    [Fact]
    public void A_NaN_stays_one_even_if_its_bits_are_those_that_are_cut_off()
    {
        float hidden = BitConverter.UInt32BitsToSingle(0x7F800001);
        foreach (var type in (StoredType[])[StoredType.F16, StoredType.BF16])
        {
            byte[] bytes = new byte[2];
            float[] read = new float[1];
            FloatWriter.Write(type, [hidden], bytes);
            FloatReader.Read(type, bytes, read);
            Assert.True(float.IsNaN(read[0]));
        }
    }

    [Theory]
    [InlineData(StoredType.F16, 65520f, "bf16 or f32")]
    [InlineData(StoredType.F16, -1e6f, "bf16 or f32")]
    [InlineData(StoredType.BF16, float.MaxValue, "f32")]
    public void A_number_that_would_become_infinite_is_refused_with_its_tensor(StoredType type, float value, string remedy)
    {
        using (var writer = new SafetensorsWriter(_folder["m.safetensors"], [new("down.weight", [3], type)], said: "the output"))
        {
            var error = Assert.Throws<InputException>(() => writer.Append([1, value, float.NaN]));
            Assert.Equal(InputCode.OutOfRange, error.Code);
            Assert.StartsWith("the output: tensor 'down.weight' holds ", error.Message, StringComparison.Ordinal);
            Assert.EndsWith($"write {remedy}", error.Message, StringComparison.Ordinal);
        }

        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void A_disk_with_too_little_room_is_told_before_anything_is_written()
    {
        try
        {
            FileSteps.Use(new FullDisk());
            var error = Assert.Throws<InputException>(() => new SafetensorsWriter(_folder["m.safetensors"], [new("x", [1000])]));
            Assert.Equal(InputCode.DiskFull, error.Code);
        }
        finally
        {
            FileSteps.Use(null);
        }

        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void Saving_replaces_an_older_file()
    {
        string path = _folder.Write("m.safetensors", [1, 2, 3]);
        SafetensorsWriter.Save(path, [("x", [2], [1, 2])]);
        using var file = SafetensorsFile.Open(path);
        Assert.Equal([1, 2], file.Values("x"));
        Assert.Single(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void An_abandoned_file_leaves_nothing_behind()
    {
        string path = _folder.Write("m.safetensors", [1, 2, 3]);
        using (var writer = new SafetensorsWriter(path, [new("x", [1]), new("y", [1])]))
        {
            writer.Append([1]);
            Assert.Throws<InvalidOperationException>(writer.Complete);
        }

        Assert.Equal([1, 2, 3], File.ReadAllBytes(path));
        Assert.Single(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void Values_that_do_not_fit_the_plan_are_refused()
    {
        using var writer = new SafetensorsWriter(_folder["m.safetensors"], [new("x", [2, 2])]);
        Assert.Throws<ArgumentException>(() => writer.Append([1, 2, 3]));
        writer.Append([1, 2, 3, 4]);
        Assert.Throws<InvalidOperationException>(() => writer.Append([1]));
    }

    [Fact]
    public void A_folder_that_is_not_there_is_named()
    {
        string path = Path.Combine(_folder.Path, "nowhere", "m.safetensors");
        var error = Assert.Throws<InputException>(() => new SafetensorsWriter(path, []));
        Assert.Equal(InputCode.NotWritable, error.Code);
        Assert.StartsWith($"cannot write {path}: ", error.Message, StringComparison.Ordinal);
    }

    private sealed class FullDisk : FileSteps
    {
        public override long? FreeBytes(string folder) => 4000;
    }
}
