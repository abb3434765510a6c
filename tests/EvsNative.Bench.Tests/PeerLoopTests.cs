using System.Text.Json;
using EvsNative.Peers;

namespace EvsNative.Bench.Tests;

/// <summary>The side of the protocol that peers written in C# share: forms are tried once, the fastest is kept, faults are told.</summary>
public sealed class PeerLoopTests
{
    private const string Request = """{"op":"add","n":3,"repeats":2}""";

    [Fact]
    public void The_fastest_form_that_runs_is_kept_and_others_are_freed()
    {
        FakeCall slow = new(milliseconds: 30), fast = new(milliseconds: 0);
        var said = Answers([new("broken", () => throw new NotSupportedException("no such instruction")), new("slow", () => slow),
            new("fast", () => fast)], Request, Request);
        Assert.Equal("loop 1", said[0].GetProperty("ready").GetString());
        Assert.All(said[1..], answer =>
        {
            Assert.Equal("fast", answer.GetProperty("variant").GetString());
            Assert.Equal(2, answer.GetProperty("seconds").GetArrayLength());
            Assert.True(answer.GetProperty("processor").GetDouble() >= 0);
        });
        Assert.True(slow.Disposals > 0);
    }

    [Fact]
    public void A_variant_that_is_asked_for_is_the_only_one_made()
    {
        var said = Answers([new("other", () => throw new InvalidOperationException("made")), new("wanted", () => new FakeCall(0))],
            """{"op":"add","repeats":1,"variant":"wanted"}""");
        Assert.Equal("wanted", said[1].GetProperty("variant").GetString());
    }

    [Fact]
    public void Results_are_written_where_the_request_says()
    {
        string path = Path.GetTempFileName();
        try
        {
            Answers([new("only", () => new FakeCall(0))], JsonSerializer.Serialize(new { op = "add", repeats = 1, write = path }));
            Assert.Equal(new byte[] { 0, 0, 0x80, 0x3f, 0, 0, 0, 0x40 }, File.ReadAllBytes(path));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Faults_are_answers_and_the_loop_goes_on()
    {
        Form broken = new("only", () => throw new NotSupportedException("no operation warp"));
        var said = Answers([broken], "no JSON", Request, """{"op":"drop"}""");
        Assert.Contains("Json", said[1].GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Contains("no operation warp", said[2].GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Empty(said[3].EnumerateObject());
    }

    private static JsonElement[] Answers(Form[] forms, params string[] requests)
    {
        var answers = new StringWriter();
        new PeerLoop(_ => forms).Run("loop 1", new StringReader(string.Join('\n', requests)), answers);
        string[] lines = answers.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return [.. lines.Select(line => JsonDocument.Parse(line).RootElement)];
    }

    private sealed class FakeCall(int milliseconds) : IPreparedCall
    {
        public int Disposals { get; private set; }

        public void Run() => Thread.Sleep(milliseconds);

        public float[] Results() => [1, 2];

        public void Dispose() => Disposals++;
    }
}
