using System.Text.Json;

namespace EvsNative.Cli.Tests.Commands;

/// <summary>What a command printed and how it ended.</summary>
internal sealed record Outcome(int ExitCode, string Output, string Error)
{
    /// <summary>The one line of a refusal, without the program's name.</summary>
    public string Complaint()
    {
        Assert.DoesNotContain('\n', Error.TrimEnd('\r', '\n'));
        return Summary();
    }

    /// <summary>
    /// The first line of a refusal; lists may follow, indented. Nothing is on the output, but for scripts the same as an object.
    /// </summary>
    public string Summary()
    {
        string[] lines = Error.TrimEnd('\r', '\n').Split('\n');
        Assert.StartsWith("evsnative: ", lines[0], StringComparison.Ordinal);
        Assert.All(lines[1..], line => Assert.StartsWith("  ", line, StringComparison.Ordinal));
        Assert.DoesNotContain("   at ", Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", Error, StringComparison.Ordinal);
        Assert.True(ExitCode == Faults.UnusableInput, $"exit code {ExitCode}: {Error}");
        string summary = lines[0]["evsnative: ".Length..].TrimEnd('\r');
        if (Output.Length == 0) return summary;
        using var document = JsonDocument.Parse(Output);
        Assert.Equal(summary, document.RootElement.GetProperty("error").GetProperty("message").GetString());
        return summary;
    }

    /// <summary>What came out, after seeing that all went well.</summary>
    public string Text()
    {
        Assert.True(ExitCode == 0, $"exit code {ExitCode}: {Error}{Output}");
        return Output;
    }

    /// <summary>The one JSON object that came out.</summary>
    public JsonElement Json()
    {
        using var document = JsonDocument.Parse(Text());
        Assert.Equal(JsonValueKind.Object, document.RootElement.ValueKind);
        return document.RootElement.Clone();
    }
}
