using EvsNative.Layers;

namespace EvsNative.Pipelines.Tests;

/// <summary>What every complaint to the user must be: one line that names the place, a fragment that ends without a full stop.</summary>
internal static class InputErrors
{
    public static string Expect(Action action, InputCode code, string place)
    {
        var error = Assert.Throws<InputException>(action);
        Assert.Contains(place, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
        Assert.False(error.Message.EndsWith('.'), error.Message);
        Assert.Equal(code, error.Code);
        return error.Message;
    }
}
