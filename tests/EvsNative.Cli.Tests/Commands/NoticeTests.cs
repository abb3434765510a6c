using System.Text.Json;

namespace EvsNative.Cli.Tests.Commands;

/// <summary>What does not stop a command and must be said: a line each, and the same among the warnings of a script's object.</summary>
public sealed class NoticeTests : IDisposable
{
    private const string Prompt = "(fox:1.3) [red:grey:0.5] <lora:snow:0.8>";

    private readonly Scene _scene = new();

    public void Dispose() => _scene.Dispose();

    [Theory]
    [InlineData("refine")]
    [InlineData("plan")]
    public void Prompts_for_other_programs_and_prompts_too_long_are_told_once_each(string command)
    {
        string[] output = command == "refine" ? ["-o", _scene["out"]] : [];
        string longest = string.Concat(Enumerable.Repeat("kite ", 1000));
        string[] prompts = ["--prompt", Prompt, "--negative", $"[old|new] {longest}"];
        string[] args = [command, _scene.Frames("in", 2), .. output, .. Scene.Short, .. prompts];
        var script = Evs.Run([.. args, "--json"]);
        var warnings = script.Json().GetProperty("warnings").EnumerateArray()
            .Select(one => (Code: one.GetProperty("code").GetString(), Message: one.GetProperty("message").GetString())).ToArray();
        Assert.Equal(["prompt-syntax", "prompt-syntax", "prompt-syntax", "prompt-cut"], warnings.Select(one => one.Code));
        Assert.Contains("the prompt has <lora:snow:0.8>, which does nothing", warnings[0].Message, StringComparison.Ordinal);
        Assert.Contains("the prompt has schedule '[red:grey:0.5]'", warnings[1].Message, StringComparison.Ordinal);
        Assert.Contains("the negative prompt has alternation '[old|new]'", warnings[2].Message, StringComparison.Ordinal);
        Assert.Equal(warnings.Select(one => $"evsnative: {one.Message}"), Lines(script.Error));
    }

    /// <summary>The demo's insertion gives way before anything fails.</summary>
    [Fact]
    public void A_command_that_fails_has_told_its_warnings_too()
    {
        foreach (string command in (string[])["refine", "plan"])
        {
            string[] output = command == "refine" ? ["-o", _scene["out"]] : [];
            var script = Evs.Run([command, "--demo", .. output, "--image-start", "3", "--device", "cuda:77", "--json"]);
            Assert.Equal(Faults.UnusableInput, script.ExitCode);
            var root = JsonDocument.Parse(script.Output).RootElement;
            Assert.Equal("device", root.GetProperty("error").GetProperty("code").GetString());
            var warning = Assert.Single(root.GetProperty("warnings").EnumerateArray());
            Assert.Equal("choice-replaced", warning.GetProperty("code").GetString());
            Assert.Equal($"evsnative: {warning.GetProperty("message").GetString()}", Lines(script.Error)[0]);
        }
    }

    [Fact]
    public void A_seed_of_64_bits_is_told_as_it_was_given()
    {
        const string seed = "18446744073709551615";
        string[] args = ["refine", "--demo", "-o", _scene["demo"], "--seed", seed, "--image-start", "1", "--insert-at", "0", "--json"];
        string printed = Evs.Run(args).Text(), kept = File.ReadAllText(_scene["demo/numbers.json"]);
        foreach (string json in (string[])[printed, kept])
        {
            var run = JsonDocument.Parse(json).RootElement;
            Assert.Equal(seed, run.GetProperty("seed").GetRawText());
            Assert.Equal(seed, run.GetProperty("settings").GetProperty("seed").GetRawText());
        }

        Assert.Contains($"seed {seed}", File.ReadAllText(_scene["demo/compare.html"]), StringComparison.Ordinal);
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
