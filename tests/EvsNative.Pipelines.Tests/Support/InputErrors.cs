using EvsNative.Layers;

namespace EvsNative.Pipelines.Tests;

/// <summary>What every complaint to the user must be: one line that names the place and ends as a sentence.</summary>
internal static class InputErrors
{
    public static string Expect(Action action, string place)
    {
        string message = Assert.Throws<InputException>(action).Message;
        Assert.Contains(place, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
        Assert.EndsWith(".", message, StringComparison.Ordinal);
        return message;
    }
}
