using System.Text.Json;
using EvsNative.Layers;

namespace EvsNative.Cli.Tests.Commands;

/// <summary>An error is a line for people and, with --json, an object with a code for scripts.</summary>
public sealed class ErrorCodeTests
{
    [Theory]
    [InlineData(InputCode.NotFound, "refine", "nowhere.mp4", "--prompt", "a fox", "--fake-weights", "tiny")]
    [InlineData(InputCode.OutOfRange, "plan", "--fake-weights", "tiny", "--image-start", "99")]
    [InlineData(InputCode.UnknownWord, "plan", "--demo", "--mode", "evz")]
    [InlineData(InputCode.UnknownWord, "plan", "--demo", "--no-such-option")]
    [InlineData(InputCode.Conflict, "plan", "--demo", "--strength", "0.5", "--image-start", "3")]
    [InlineData(InputCode.NotGiven, "refine")]
    public void Scripts_get_the_code_beside_the_sentence(InputCode code, params string[] args)
    {
        var people = Evs.Run(args);
        string sentence = people.Summary();

        var script = Evs.Run([.. args, "--json"]);
        Assert.Equal(people.ExitCode, script.ExitCode);
        Assert.Equal(people.Error, script.Error);
        var error = JsonDocument.Parse(script.Output).RootElement.GetProperty("error");
        Assert.Equal(code.Word(), error.GetProperty("code").GetString());
        Assert.Equal(sentence, error.GetProperty("message").GetString());
        Assert.Equal(JsonValueKind.Array, error.GetProperty("details").ValueKind);
    }

    [Fact]
    public void A_device_that_is_not_there_has_a_code_too()
    {
        var script = Evs.Run("plan", "--demo", "--device", "cuda:77", "--json");
        Assert.Equal(Faults.UnusableInput, script.ExitCode);
        Assert.Equal("device", JsonDocument.Parse(script.Output).RootElement.GetProperty("error").GetProperty("code").GetString());
    }
}
