using System.Text;

namespace EvsNative.Layers;

/// <summary>The codes' words.</summary>
public static class InputCodes
{
    /// <summary>The code in kebab case, as scripts read it: <c>out-of-range</c>.</summary>
    public static string Word(this InputCode code)
    {
        var word = new StringBuilder();
        foreach (char c in code.ToString())
        {
            if (char.IsUpper(c) && word.Length > 0) word.Append('-');
            word.Append(char.ToLowerInvariant(c));
        }

        return word.ToString();
    }
}
