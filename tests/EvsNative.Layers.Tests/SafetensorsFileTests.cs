using System.Diagnostics;
using System.Runtime.InteropServices;
using EvsNative.Testing;

namespace EvsNative.Layers.Tests;

public sealed class SafetensorsFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private float[] Read(string type, int count, ReadOnlySpan<byte> data)
    {
        using var file = SafetensorsFile.Open(_folder.Write($"{type}.safetensors", RawSafetensors.OneTensor(type, $"{count}", data)));
        float[] values = new float[count];
        Array.Fill(values, float.NaN);
        file.Read("x", file.FindShape("x", [])!, values);
        return values;
    }

    private static InputException Refused(string path) => Assert.Throws<InputException>(() => SafetensorsFile.Open(path));

    [Fact]
    public void All_half_numbers_are_read_exactly()
    {
        ushort[] bits = [.. Enumerable.Range(0, 65536).Select(i => (ushort)i), 0x3C00, 0xBC00, 0x0001];
        float[] got = Read("F16", bits.Length, MemoryMarshal.AsBytes(bits.AsSpan()));
        for (int i = 0; i < bits.Length; i++)
        {
            float wanted = (float)BitConverter.UInt16BitsToHalf(bits[i]);
            if (float.IsNaN(wanted)) Assert.True(float.IsNaN(got[i]), $"{bits[i]:X4}");
            else Assert.Equal(BitConverter.SingleToUInt32Bits(wanted), BitConverter.SingleToUInt32Bits(got[i]));
        }
    }

    [Fact]
    public void All_brain_floats_are_read_exactly()
    {
        ushort[] bits = [.. Enumerable.Range(0, 65536).Select(i => (ushort)i), 0x3F80, 0xBF80, 0x0001];
        float[] got = Read("BF16", bits.Length, MemoryMarshal.AsBytes(bits.AsSpan()));
        for (int i = 0; i < bits.Length; i++) Assert.Equal((uint)bits[i] << 16, BitConverter.SingleToUInt32Bits(got[i]));
    }

    [Fact]
    public void Floats_are_copied_and_doubles_rounded()
    {
        float[] floats = [.. new Draw(1).Normals(37), float.Epsilon, float.MaxValue, -0.0f];
        Assert.Equal(floats, Read("F32", floats.Length, MemoryMarshal.AsBytes(floats.AsSpan())));
        double[] doubles = [0.1, -1e300, 1 + 1e-9, Math.PI];
        Assert.Equal([.. doubles.Select(d => (float)d)], Read("F64", 4, MemoryMarshal.AsBytes(doubles.AsSpan())));
    }

    [Theory]
    [InlineData("BOOL", 1)]
    [InlineData("U8", 1)]
    [InlineData("I8", 1)]
    [InlineData("I16", 2)]
    [InlineData("U16", 2)]
    [InlineData("I32", 4)]
    [InlineData("U32", 4)]
    [InlineData("I64", 8)]
    [InlineData("U64", 8)]
    public void Other_types_may_stand_in_the_file_but_are_no_weights(string type, int bytes)
    {
        var error = Assert.Throws<InputException>(() => Read(type, 3, new byte[3 * bytes]));
        Assert.Equal(InputCode.Unsupported, error.Code);
        Assert.Contains($"tensor 'x' is stored as {type}", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Values of the tables in the specification of OFP8, revision 1.0, section 5.</summary>
    [Theory]
    [InlineData("F8_E4M3", 0x7E, 448f)]
    [InlineData("F8_E4M3", 0xFE, -448f)]
    [InlineData("F8_E4M3", 0x08, 0.015625f)]
    [InlineData("F8_E4M3", 0x07, 0.013671875f)]
    [InlineData("F8_E4M3", 0x01, 0.001953125f)]
    [InlineData("F8_E4M3", 0x38, 1f)]
    [InlineData("F8_E4M3", 0xB9, -1.125f)]
    [InlineData("F8_E4M3", 0x7F, float.NaN)]
    [InlineData("F8_E4M3", 0xFF, float.NaN)]
    [InlineData("F8_E4M3", 0x80, -0f)]
    [InlineData("F8_E5M2", 0x7B, 57344f)]
    [InlineData("F8_E5M2", 0x04, 6.103515625e-05f)]
    [InlineData("F8_E5M2", 0x03, 4.57763671875e-05f)]
    [InlineData("F8_E5M2", 0x01, 1.52587890625e-05f)]
    [InlineData("F8_E5M2", 0x3C, 1f)]
    [InlineData("F8_E5M2", 0xFC, float.NegativeInfinity)]
    [InlineData("F8_E5M2", 0x7D, float.NaN)]
    public void Eight_bits_are_widened_exactly(string type, byte bits, float wanted)
    {
        float[] got = Read(type, 2, [bits, bits]);
        if (float.IsNaN(wanted)) Assert.True(float.IsNaN(got[0]));
        else Assert.Equal(BitConverter.SingleToUInt32Bits(wanted), BitConverter.SingleToUInt32Bits(got[1]));
    }

    [Theory]
    [InlineData("F8_E4M3", 254)]
    [InlineData("F8_E5M2", 250)]
    public void Eight_bits_fit_the_sixteen_that_they_are_kept_in(string type, int different)
    {
        float[] all = Read(type, 256, [.. Enumerable.Range(0, 256).Select(bits => (byte)bits)]);
        Assert.All(all.Where(value => !float.IsNaN(value)), value => Assert.Equal(value, (float)(Half)value));
        // Zero has two signs, which are equal, and NaN of any bits is one.
        Assert.Equal(different, all.Distinct().Count());
        Assert.Equal(all[..0x79].Order(), all[..0x79]);
        Assert.Equal(all[1..0x79].Select(value => -value), all[0x81..0xF9]);
    }

    [Fact]
    public void Eight_bits_with_a_scale_beside_them_are_refused()
    {
        string scaled = RawSafetensors.Entry("a.weight", "F8_E4M3", "2", 0, 2);
        string scale = RawSafetensors.Entry("a.scale_weight", "F32", "1", 2, 6);
        string header = $"{{{scaled},{scale},{RawSafetensors.Entry("b.weight", "F8_E4M3", "1", 6, 7)}}}";
        using var file = TensorFile.Open(_folder.Write("m.safetensors", RawSafetensors.File(header, 7)));
        Assert.Equal(InputCode.Unsupported, Assert.Throws<InputException>(() => file.Values("a.weight")).Code);
        Assert.Equal([0], file.Values("b.weight"));
    }

    [Theory]
    [InlineData("U8", new byte[] { 200 }, 200)]
    [InlineData("I8", new byte[] { 0xFE }, -2)]
    [InlineData("I16", new byte[] { 4, 0xFF }, -252)]
    [InlineData("U16", new byte[] { 4, 0xFF }, 65284)]
    [InlineData("I32", new byte[] { 0xFC, 0xFF, 0xFF, 0xFF }, -4)]
    [InlineData("U32", new byte[] { 0, 0, 0, 0x80 }, 2147483648)]
    [InlineData("I64", new byte[] { 8, 0, 0, 0, 0, 0, 0, 0 }, 8)]
    [InlineData("U64", new byte[] { 0, 0, 0, 0, 0, 0, 0, 0x80 }, 9223372036854775808)]
    [InlineData("BOOL", new byte[] { 1 }, 1)]
    public void A_single_integer_is_read_as_an_alpha_may_be_one(string type, byte[] data, float wanted) =>
        Assert.Equal([wanted], Read(type, 1, data));

    [Theory]
    [InlineData("F4")]
    [InlineData("F8_E8M0")]
    [InlineData("C64")]
    public void Newer_types_are_named(string type)
    {
        var error = Refused(_folder.Write("m.safetensors", RawSafetensors.OneTensor(type, "2", new byte[2])));
        Assert.Equal(InputCode.Unsupported, error.Code);
        Assert.Contains($"stored as {type}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_are_read_as_they_are_stored()
    {
        byte[] data = [1, 2, 3, 4, 5, 6];
        using var file = TensorFile.Open(_folder.Write("m.safetensors", RawSafetensors.OneTensor("I16", "3", data)));
        byte[] got = new byte[6];
        file.ReadStored("x", got);
        Assert.Equal(data, got);
        Assert.Throws<ArgumentException>(() => file.ReadStored("x", new byte[5]));
        Assert.Equal(InputCode.Incomplete, Assert.Throws<InputException>(() => file.ReadStored("y", got)).Code);
    }

    [Fact]
    public void Numbers_that_are_not_finite_are_counted_wherever_they_stand()
    {
        for (int at = 0; at < 19; at++)
        {
            float[] values = new Draw(at).Normals(19);
            Assert.Equal(0, FloatReader.CountNonFinite(values));
            values[at] = at % 3 == 0 ? float.NaN : at % 3 == 1 ? float.PositiveInfinity : float.NegativeInfinity;
            Assert.Equal(1, FloatReader.CountNonFinite(values));
        }

        float[] all = new float[19];
        Array.Fill(all, float.NaN);
        Assert.Equal(19, FloatReader.CountNonFinite(all));
    }

    [Fact]
    public void A_file_of_another_format_is_refused_by_its_kind()
    {
        string path = _folder.Write("model.safetensors", "PK\u0003\u0004 archive/data.pkl"u8);
        var zip = Refused(path);
        Assert.Equal(InputCode.WrongKind, zip.Code);
        Assert.StartsWith($"{path}: not a file of weights: it is a zip archive", zip.Message, StringComparison.Ordinal);
        Assert.Equal(InputCode.Damaged, Refused(_folder.Write("empty.safetensors", [])).Code);
    }

    [Fact]
    public void A_header_whose_length_looks_like_a_pickle_is_still_read()
    {
        string header = $"{{{RawSafetensors.Entry("x", "U8", "1", 0, 1)}}}".PadRight(0x0280);
        using var file = SafetensorsFile.Open(_folder.Write("m.safetensors", RawSafetensors.File(header, 1)));
        Assert.Equal(["x"], file.Names);
    }

    [Fact]
    public void A_missing_file_and_a_folder_are_named()
    {
        Assert.Equal(InputCode.NotFound, Refused(_folder["none.safetensors"]).Code);
        Assert.Equal(InputCode.WrongKind, Refused(_folder.Path).Code);
    }

    [Fact]
    public void Tensors_behind_the_second_gigabyte_are_read()
    {
        const long far = 5L << 30;
        string path = _folder["big.safetensors"];
        string hole = RawSafetensors.Entry("hole", "U8", $"{far}", 0, far), x = RawSafetensors.Entry("x", "F32", "2", far, far + 8);
        byte[] start = RawSafetensors.File($"{{{hole},{x}}}", 0);
        using (var stream = File.Create(path))
        {
            stream.Write(start);
            try
            {
                stream.SetLength(start.Length + far + 8);
            }
            catch (IOException e)
            {
                Assert.Skip($"no sparse file of 5 GiB can be made here: {e.Message}");
            }

            stream.Position = start.Length + far;
            stream.Write(MemoryMarshal.AsBytes<float>([1.5f, -2.25f]));
        }

        using var file = SafetensorsFile.Open(path);
        Assert.Equal([1.5f, -2.25f], file.Values("x"));
    }

    [Fact]
    public void A_closed_file_is_not_read()
    {
        var file = SafetensorsFile.Open(_folder.Write("m.safetensors", RawSafetensors.OneTensor("F32", "1", new byte[4])));
        file.Dispose();
        file.Dispose();
        Assert.Throws<ObjectDisposedException>(() => file.Values("x"));
    }

    /// <summary>More numbers than a thread reads alone, and not a whole number of pieces.</summary>
    [Fact]
    public void What_several_threads_read_is_what_the_file_holds()
    {
        float[] values = new Draw(1).Normals(700_001);
        Assert.Equal(values, Read("F32", values.Length, MemoryMarshal.AsBytes(values.AsSpan())));
        var halves = Array.ConvertAll(values, value => (Half)value);
        float[] rounded = Array.ConvertAll(halves, half => (float)half);
        Assert.Equal(rounded, Read("F16", values.Length, MemoryMarshal.AsBytes(halves.AsSpan())));
    }

    [Theory]
    [InlineData(200_000)]
    [InlineData(700_001)]
    public void A_file_that_becomes_shorter_while_it_is_read_is_one_clear_line(int numbers)
    {
        string path = _folder.Write("m.safetensors", RawSafetensors.OneTensor("F16", $"{numbers}", new byte[2 * numbers]));
        using var file = SafetensorsFile.Open(path);
        long cut = new FileInfo(path).Length - 100_000;
        using (var stream = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite)) stream.SetLength(cut);
        var error = Assert.Throws<InputException>(() => file.Values("x"));
        Assert.Equal($"{path}: became shorter while it was read, it ends at byte {cut} now: download it again", error.Message);
    }

    [Fact]
    public void A_file_whose_name_vanishes_is_still_read()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("Windows keeps the names of open files.");
        float[] values = new Draw(1).Normals(1000);
        string path = _folder.Write("m.safetensors", RawSafetensors.OneTensor("F32", "1000", MemoryMarshal.AsBytes(values.AsSpan())));
        using var file = SafetensorsFile.Open(path);
        File.Delete(path);
        Assert.Equal(values, file.Values("x"));
    }

    [Fact]
    public void Several_threads_read_one_file()
    {
        const int Tensors = 8, Numbers = 150_001;
        float[][] values = [.. Enumerable.Range(0, Tensors).Select(i => new Draw(i).Normals(Numbers))];
        string path = _folder["m.safetensors"];
        SafetensorsWriter.Save(path, values.Select((data, i) => ($"{i}", new long[] { Numbers }, data)));
        using var file = SafetensorsFile.Open(path);
        var four = new ParallelOptions { MaxDegreeOfParallelism = 4 };
        Parallel.For(0, 10 * Tensors, four, i => Assert.Equal(values[i % Tensors], file.Values($"{i % Tensors}")));
    }

    [Fact]
    public void What_was_read_does_not_stay_in_memory()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("Needs Linux, which tells how much of its mapped files a process has in memory.");
        const int Numbers = 32 << 20;
        string path = _folder.Write("m.safetensors", RawSafetensors.OneTensor("F16", $"{Numbers}", new byte[2 * Numbers]));
        using var file = SafetensorsFile.Open(path);
        float[] values = new float[Numbers];
        long before = MappedBytes();
        file.Read("x", [Numbers], values);
        Assert.InRange(MappedBytes() - before, long.MinValue, 8 << 20);

        static long MappedBytes()
        {
            string line = File.ReadLines("/proc/self/status").Single(line => line.StartsWith("RssFile:", StringComparison.Ordinal));
            return 1024 * long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]);
        }
    }

    [Fact]
    public void Half_numbers_come_at_hundreds_of_megabytes_per_second()
    {
        byte[] data = new byte[64 << 20];
        new Random(5).NextBytes(data);
        using var file = SafetensorsFile.Open(_folder.Write("m.safetensors", RawSafetensors.OneTensor("F16", $"{data.Length / 2}", data)));
        float[] values = new float[data.Length / 2];
        file.Read("x", [values.Length], values);
        var clock = Stopwatch.StartNew();
        file.Read("x", [values.Length], values);
        double rate = data.Length / clock.Elapsed.TotalSeconds / 1e6;
        TestContext.Current.TestOutputHelper?.WriteLine($"{rate:F0} MB/s");
        Assert.True(rate > 200, $"{rate:F0} MB/s");
    }

    [Fact]
    public void The_demos_text_encoder_is_read()
    {
        using var file = SafetensorsFile.Open(Repository.File("weights", "evs-tiny", "text_encoder", "model.safetensors"));
        Assert.Equal(36, file.Names.Count);
        Assert.Equal("pt", file.Metadata["format"]);
        Assert.Equal([604, 64], file.FindShape("text_model.embeddings.token_embedding.weight", []));
        float[] norm = file.Values("text_model.final_layer_norm.weight");
        Assert.Equal(0, FloatReader.CountNonFinite(norm));
        Assert.InRange(norm.Average(), 0.2, 5);
    }
}
