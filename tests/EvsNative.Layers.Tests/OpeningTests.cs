using System.Text;
using EvsNative.Testing;

namespace EvsNative.Layers.Tests;

/// <summary>What opening a stranger's file may cost, and what is opened at all.</summary>
public sealed class OpeningTests : IDisposable
{
    private const int Bytes = 1 << 20;

    private readonly TemporaryFolder _folder = new();

    /// <summary>By name, since each is a megabyte.</summary>
    private static readonly Dictionary<string, Func<string>> Texts = new()
    {
        ["many tensors"] = () => Header(Repeat(i => RawSafetensors.Entry($"{i:x}", "U8", "0", 0, 0))),
        ["long names"] = () => Header(Repeat(i => RawSafetensors.Entry($"{i:x}" + new string('x', 4000), "U8", "0", 0, 0))),
        ["escaped names"] = () => Header([RawSafetensors.Entry(string.Concat(Enumerable.Repeat("\\u0041", Bytes / 6)), "U8", "0", 0, 0)]),
        ["much metadata"] = () => Header([$"\"__metadata__\":{Object(Repeat(i => $"\"{i:x}\":\"\""))}"]),
        ["many axes"] = () => Header([RawSafetensors.Entry("x", "U8", string.Join(',', Enumerable.Repeat('0', Bytes / 2)), 0, 0)]),
        ["a field that is none"] = () => Header([$"\"x\":{{\"{new string('y', Bytes)}\":1}}"]),
        ["numbers"] = () => $"{{\"a\":[{string.Join(',', Enumerable.Repeat('1', Bytes / 2))}]}}",
        ["lists"] = () => $"{{\"a\":[{string.Join(',', Enumerable.Repeat("[]", Bytes / 3))}]}}",
        ["keys"] = () => Object(Repeat(i => $"\"{i:x}\":1")),
        ["one key again and again"] = () => Object(Repeat(_ => "\"a\":1")),
        ["objects"] = () => $"{{\"a\":[{string.Join(',', Enumerable.Repeat("{\"a\":1}", Bytes / 8))}]}}",
        ["a string"] = () => $"{{\"a\":\"{new string('x', Bytes)}\"}}",
        ["an escaped string"] = () => $"{{\"a\":\"{string.Concat(Enumerable.Repeat("\\n", Bytes / 2))}\"}}",
        ["broken at its end"] = () => $"{{\"a\":[{string.Join(',', Enumerable.Repeat('1', Bytes / 2))}",
    };

    public static TheoryData<string> Names => [.. Texts.Keys];

    public void Dispose() => _folder.Dispose();

    /// <summary>As safetensors and as JSON, each text: both readers meet what was made for the other.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Opening_allocates_no_more_than_the_stated_multiple_of_the_file(string name)
    {
        byte[] header = Encoding.UTF8.GetBytes(Texts[name]());
        string weights = _folder.Write("x.safetensors", RawSafetensors.File(header, [])), json = _folder.Write("x.json", header);
        Check(weights, () => SafetensorsFile.Open(weights).Dispose());
        Check(json, () => JsonFile.ReadObject(json));

        void Check(string path, Action open)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                open();
            }
            catch (InputException e)
            {
                Assert.True(e.Message.Length < path.Length + 300, $"{name}: {e.Message.Length} letters");
                Assert.DoesNotContain(e.Message, char.IsControl);
            }

            long allocated = GC.GetAllocatedBytesForCurrentThread() - before, length = new FileInfo(path).Length;
            long most = (InputLimits.OpeningFactor * length) + InputLimits.OpeningBytes;
            Assert.True(allocated <= most, $"{name}: {allocated} bytes for {length}, {(double)allocated / length:F1} times as many");
        }
    }

    [Fact]
    public void A_file_may_hold_as_many_tensors_as_the_limit_and_none_more()
    {
        string Of(int count) => Header(Enumerable.Range(0, count).Select(i => RawSafetensors.Entry($"{i}", "F16", "0", 0, 0)));
        using (var file = SafetensorsFile.Open(_folder.Write("x.safetensors", RawSafetensors.File(Of(InputLimits.Tensors), 0))))
        {
            Assert.Equal(InputLimits.Tensors, file.Names.Count);
            Assert.Equal(0, file.Count);
            Assert.Empty(file.Values("99999"));
        }

        string more = _folder.Write("y.safetensors", RawSafetensors.File(Of(InputLimits.Tensors + 1), 0));
        Assert.Equal(InputCode.TooLarge, Assert.Throws<InputException>(() => SafetensorsFile.Open(more)).Code);
    }

    [Fact]
    public void A_tensor_has_no_more_axes_than_the_limit()
    {
        string Of(int axes) => Header([RawSafetensors.Entry("x", "U8", string.Join(',', Enumerable.Repeat('1', axes)), 0, 1)]);
        SafetensorsFile.Open(_folder.Write("x.safetensors", RawSafetensors.File(Of(InputLimits.Axes), 1))).Dispose();
        string more = _folder.Write("y.safetensors", RawSafetensors.File(Of(InputLimits.Axes + 1), 1));
        Assert.Contains("shape has more than 8 numbers", Assert.Throws<InputException>(() => SafetensorsFile.Open(more)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_tensor_beyond_the_limit_is_refused_before_the_file_is_asked_for_its_bytes()
    {
        long bytes = InputLimits.Elements + 1;
        string header = Header([RawSafetensors.Entry("x", "U8", $"{bytes}", 0, bytes)]);
        string path = _folder.Write("x.safetensors", RawSafetensors.File(header, 0));
        Assert.Equal(InputCode.TooLarge, Assert.Throws<InputException>(() => SafetensorsFile.Open(path)).Code);
    }

    [Fact]
    public void Only_ordinary_files_are_opened()
    {
        string pipe = _folder["pipe"], link = _folder["link"], good = _folder.Write("good.json", "{}"u8);
        File.CreateSymbolicLink(_folder["followed"], good);
        Assert.Equal("{}"u8, OrdinaryFile.ReadAll(_folder["followed"], 10, "a test"));
        File.CreateSymbolicLink(link, _folder["nothing"]);
        var dangling = Assert.Throws<InputException>(() => OrdinaryFile.ReadAll(link, 10, "a test"));
        Assert.Equal(InputCode.NotFound, dangling.Code);
        Assert.Contains($"a link to '{_folder["nothing"]}'", dangling.Message, StringComparison.Ordinal);
        Assert.Equal(InputCode.WrongKind, Assert.Throws<InputException>(() => OrdinaryFile.Open(_folder.Path)).Code);
        Assert.Equal(InputCode.NotFound, Assert.Throws<InputException>(() => OrdinaryFile.Open(_folder["nothing"])).Code);
        Assert.Equal(InputCode.TooLarge, Assert.Throws<InputException>(() => OrdinaryFile.ReadAll(good, 1, "a test")).Code);
        if (!NamedPipe.TryMake(pipe)) Assert.Skip("this system has no named pipes");
        Assert.Equal(InputCode.WrongKind, Assert.Throws<InputException>(() => OrdinaryFile.Open(pipe)).Code);
        Assert.Equal(InputCode.WrongKind, Assert.Throws<InputException>(() => SafetensorsFile.Open(pipe)).Code);
        Assert.Equal(InputCode.WrongKind, Assert.Throws<InputException>(() => JsonFile.ReadObject(pipe)).Code);
    }

    private static IEnumerable<string> Repeat(Func<int, string> entry)
    {
        int length = 0;
        for (int i = 0; length < Bytes; i++)
        {
            string text = entry(i);
            length += text.Length + 1;
            yield return text;
        }
    }

    private static string Object(IEnumerable<string> entries) => $"{{{string.Join(',', entries)}}}";

    private static string Header(IEnumerable<string> entries) => Object(entries);
}
