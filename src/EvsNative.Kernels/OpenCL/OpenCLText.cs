using System.Text.RegularExpressions;

namespace EvsNative.Kernels.OpenCL;

/// <summary>OpenCL C as ILGPU writes it, made to depend on the kernel alone.</summary>
internal static partial class OpenCLText
{
    /// <summary>
    /// Numbers types and labels in the order of the text. ILGPU numbers them by all that the process has compiled before, so that a driver,
    /// which knows what it has compiled by its text, would compile a kernel again in almost every run.
    /// </summary>
    public static string Canonical(string source)
    {
        Dictionary<string, string> names = [];
        return Numbered().Replace(source, name =>
        {
            if (!names.TryGetValue(name.Value, out string? canonical))
                names[name.Value] = canonical = $"{name.Groups["kind"].Value}_{names.Count}";
            return canonical;
        });
    }

    [GeneratedRegex(@"\b(?<kind>type|L)_[0-9]+", RegexOptions.CultureInvariant)]
    private static partial Regex Numbered();
}
