using System.Text;

namespace EvsNative.Layers;

/// <summary>The codes' words.</summary>
public static class InputCodes
{
    /// <summary>The code in kebab case, as scripts read it: <c>out-of-range</c>.</summary>
    public static string Word(this InputCode code) => Kebab(code.ToString());

    /// <inheritdoc cref="Word(InputCode)"/>
    public static string Word(this NoticeCode code) => Kebab(code.ToString());

    /// <summary>A name of a program's words in kebab case.</summary>
    public static string Kebab(string name)
    {
        var word = new StringBuilder();
        foreach (char c in name)
        {
            if (char.IsUpper(c) && word.Length > 0) word.Append('-');
            word.Append(char.ToLowerInvariant(c));
        }

        return word.ToString();
    }
}
