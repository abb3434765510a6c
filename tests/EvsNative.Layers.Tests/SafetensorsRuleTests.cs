using System.Text;
using EvsNative.Testing;

namespace EvsNative.Layers.Tests;

/// <summary>Every rule of the format has a file that breaks it, and the error names the file, the tensor and the rule.</summary>
public sealed class SafetensorsRuleTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Refused(byte[] bytes)
    {
        string path = _folder.Write("model.safetensors", bytes);
        var error = Assert.Throws<InputException>(() => SafetensorsFile.Open(path));
        Assert.Equal(InputCode.Damaged, error.Code);
        Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
        return error.Message[path.Length..];
    }

    [Theory]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"x":{"dtype":"F32","shape":[0],"data_offsets":[8,8]}}""",
        "the header names 'x' twice")]
    [InlineData("""{"x":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "tensor 'x': its entry names 'dtype' twice")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"shape":[2],"data_offsets":[0,8]}}""", "tensor 'x': its entry names 'shape' twice")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"data_offsets":[0,8]}}""",
        "tensor 'x': its entry names 'data_offsets' twice")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"more":1}}""", "tensor 'x': its entry has a field 'more'")]
    [InlineData("""{"__metadata__":{},"__metadata__":{},"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""",
        "the header names '__metadata__' twice")]
    [InlineData("""{"__metadata__":{"a":"1","a":"2"},"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""",
        "__metadata__ names 'a' twice")]
    [InlineData("""{"__metadata__":{"a":1},"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "__metadata__: 'a' is not a string")]
    [InlineData("""{"__metadata__":{"a":{}},"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "__metadata__: 'a' is not a string")]
    [InlineData("""{"__metadata__":["a"],"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "__metadata__ is not an object")]
    [InlineData("""{"x":[]}""", "tensor 'x': its entry is not an object")]
    [InlineData("""{"x":{"shape":[2],"data_offsets":[0,8]}}""", "tensor 'x': dtype is missing")]
    [InlineData("""{"x":{"dtype":"F32","data_offsets":[0,8]}}""", "tensor 'x': shape is missing")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2]}}""", "tensor 'x': data_offsets is missing")]
    [InlineData("""{"x":{"dtype":"F31","shape":[2],"data_offsets":[0,8]}}""", "tensor 'x': unknown dtype 'F31'")]
    [InlineData("""{"x":{"dtype":"f32","shape":[2],"data_offsets":[0,8]}}""", "tensor 'x': unknown dtype 'f32'")]
    [InlineData("""{"x":{"dtype":7,"shape":[2],"data_offsets":[0,8]}}""", "tensor 'x': dtype is not a string")]
    [InlineData("""{"x":{"dtype":"F32","shape":2,"data_offsets":[0,8]}}""", "tensor 'x': shape is not an array")]
    [InlineData("""{"x":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", "tensor 'x': shape holds something that is not an integer")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2.0],"data_offsets":[0,8]}}""", "tensor 'x': shape holds something that is not an integer")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2e0],"data_offsets":[0,8]}}""", "tensor 'x': shape holds something that is not an integer")]
    [InlineData("""{"x":{"dtype":"F32","shape":["2"],"data_offsets":[0,8]}}""", "tensor 'x': shape holds something that is not an integer")]
    [InlineData("""{"x":{"dtype":"F32","shape":[[2]],"data_offsets":[0,8]}}""", "tensor 'x': shape holds something that is not an integer")]
    [InlineData("""{"x":{"dtype":"F32","shape":[9223372036854775808],"data_offsets":[0,8]}}""",
        "tensor 'x': shape holds something that is not an integer")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8,8]}}""", "tensor 'x': data_offsets has 3 numbers")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[8]}}""", "tensor 'x': data_offsets has 1 numbers")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,-8]}}""",
        "tensor 'x': data_offsets holds something that is not an integer")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""",
        "tensor 'x': its data ends (byte 0) before it starts (byte 8)")]
    [InlineData("""{"x":{"dtype":"F16","shape":[2],"data_offsets":[0,8]}}""",
        "tensor 'x': F16 [2] takes 4 bytes, but its data_offsets span 8")]
    [InlineData("""{"x":{"dtype":"F32","shape":[],"data_offsets":[0,8]}}""",
        "tensor 'x': F32 [] takes 4 bytes, but its data_offsets span 8")]
    [InlineData("""{"x":{"dtype":"F32","shape":[0,5],"data_offsets":[0,8]}}""",
        "tensor 'x': F32 [0,5] takes 0 bytes, but its data_offsets span 8")]
    [InlineData("""{"x":{"dtype":"F32","shape":[4611686018427387906],"data_offsets":[0,8]}}""",
        "tensor 'x': the size of [4611686018427387906] overflows")]
    [InlineData("""{"x":{"dtype":"U8","shape":[4294967296,4294967296,8],"data_offsets":[0,8]}}""",
        "tensor 'x': the size of [4294967296,4294967296,8] overflows")]
    [InlineData("""{"x":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""",
        "tensor 'x': a hole of 4 bytes lies between it and the start of the data")]
    [InlineData("""{"x":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"y":{"dtype":"U8","shape":[5],"data_offsets":[3,8]}}""",
        "tensor 'y': a hole of 1 bytes lies between it and the end of 'x'")]
    [InlineData("""{"y":{"dtype":"U8","shape":[5],"data_offsets":[3,8]},"x":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}""",
        "tensor 'y': it overlaps the end of 'x' by 1 bytes")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"y":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""",
        "it overlaps the end of")]
    [InlineData("""{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "4 bytes follow the last tensor")]
    [InlineData("""{}""", "8 bytes follow the last tensor")]
    [InlineData("""{"x":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}}""",
        "truncated: the header promises 12 bytes of data, the file has 8: download it again")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},}""", "not valid JSON")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}""", "not valid JSON")]
    [InlineData("""{"x":{"dtype":"F32","shape":[02],"data_offsets":[0,8]}}""", "not valid JSON")]
    [InlineData("""{"x":{"dtype":"F32",/**/"shape":[2],"data_offsets":[0,8]}}""", "not valid JSON")]
    [InlineData("""{"\ud800":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "not valid Unicode")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}} {}""", "something other than spaces follows")]
    [InlineData("{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}\n", "something other than spaces follows")]
    public void A_header_that_breaks_a_rule_is_refused(string header, string rule) =>
        Assert.Contains(rule, Refused(RawSafetensors.File(header, 8)), StringComparison.Ordinal);

    [Fact]
    public void A_header_that_is_not_utf8_is_refused()
    {
        byte[] header = Encoding.Latin1.GetBytes("""{"é":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""");
        Assert.Contains("not UTF-8", Refused(RawSafetensors.File(header, new byte[8])), StringComparison.Ordinal);
    }

    [Fact]
    public void A_header_longer_than_the_cap_is_refused_before_it_is_read()
    {
        byte[] bytes = RawSafetensors.File("{}", 0);
        BitConverter.GetBytes(100_000_001L).CopyTo(bytes, 0);
        Assert.Contains("header length of 100000001", Refused(bytes), StringComparison.Ordinal);
    }

    [Fact]
    public void A_header_longer_than_the_file_is_called_truncated()
    {
        byte[] whole = RawSafetensors.OneTensor("F32", "2", new byte[8]);
        Assert.Contains("truncated: a header of", Refused(whole[..^20]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_cut_in_its_data_is_called_truncated_with_both_sizes()
    {
        byte[] whole = RawSafetensors.OneTensor("F32", "2", new byte[8]);
        const string rule = "truncated: the header promises 8 bytes of data, the file has 5: download it again";
        Assert.Contains(rule, Refused(whole[..^3]), StringComparison.Ordinal);
    }

    [Fact]
    public void Names_from_the_file_cannot_break_the_line()
    {
        string name = "a\\n\\u001b[31m" + new string('b', 500);
        string message = Refused(RawSafetensors.File($$$"""{"{{{name}}}":{"dtype":"F31","shape":[2],"data_offsets":[0,8]}}""", 8));
        Assert.DoesNotContain(message, char.IsControl);
        Assert.True(message.Length < 300, message);
    }

    [Fact]
    public void Spaces_may_follow_the_header_and_tensors_may_stand_in_any_order()
    {
        string header = $"{{{RawSafetensors.Entry("b", "F32", "1", 4, 8)}, {RawSafetensors.Entry("none", "F32", "0", 4, 4)},"
            + $"{RawSafetensors.Entry("a", "U8", "2,2", 0, 4)}}}      ";
        using var file = SafetensorsFile.Open(_folder.Write("m.safetensors", RawSafetensors.File(header, 8)));
        Assert.Equal(["a", "b", "none"], file.Names.Order());
        Assert.Equal([2, 2], file.FindShape("a", []));
        Assert.Null(file.FindShape("c", []));
        Assert.Equal(5, file.Count);
    }

    /// <summary>
    /// Mutations of a right file: bytes changed, cut, doubled and inserted. The reader refuses or reads; nothing else happens.
    /// </summary>
    [Fact]
    public void Damaged_files_are_refused_or_read_and_never_crash()
    {
        var random = new Random(20260101);
        string a = RawSafetensors.Entry("a.weight", "F32", "2,3", 0, 24), b = RawSafetensors.Entry("b", "F16", "4", 24, 32);
        string header = $$"""{"__metadata__":{"format":"pt"},{{a}},{{b}}}""";
        byte[] right = RawSafetensors.File(header, 32);
        string path = _folder["mutant.safetensors"];
        int refused = 0, read = 0;
        for (int round = 0; round < 1500; round++)
        {
            var bytes = right.ToList();
            for (int change = random.Next(1, 4); change > 0; change--) Damage(bytes, random);
            File.WriteAllBytes(path, [.. bytes]);
            try
            {
                using var file = SafetensorsFile.Open(path);
                foreach (var tensor in file.Tensors.Values)
                {
                    if (FloatReader.IsFloat(tensor.Type)) Assert.Equal(tensor.Count, file.Values(tensor.Name).Length);
                }

                read++;
            }
            catch (InputException e)
            {
                Assert.StartsWith(path, e.Message, StringComparison.Ordinal);
                refused++;
            }
        }

        Assert.True(refused > 400 && read > 40, $"{refused} refused, {read} read: the mutations do not test both");
    }

    private static void Damage(List<byte> bytes, Random random)
    {
        int at = random.Next(bytes.Count);
        switch (random.Next(6))
        {
            case 0: bytes[at] = (byte)random.Next(256); break;
            case 1: bytes[at] ^= (byte)(1 << random.Next(8)); break;
            case 2: bytes[at] = (byte)"0123456789[]{},:\"-.e"[random.Next(20)]; break;
            case 3: bytes.RemoveAt(at); break;
            case 4: bytes.Insert(at, bytes[random.Next(bytes.Count)]); break;
            default: bytes.RemoveRange(at, random.Next(Math.Min(12, bytes.Count - at))); break;
        }

        if (bytes.Count == 0) bytes.Add(0);
    }
}
