using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using EvsNative.Layers;

namespace EvsNative.Cli.Report;

/// <summary>A page with places such as <c>{{title}}</c> for what a run knows; it is part of the program.</summary>
internal static partial class PageTemplate
{
    /// <summary>Writes a page, in UTF-8, piece by piece: what stands at a place may be as heavy as the whole.</summary>
    /// <param name="to">where to</param>
    /// <param name="name">of the template</param>
    /// <param name="values">what stands at each place</param>
    public static void Write(Stream to, string name, IReadOnlyDictionary<string, Action<TextWriter>> values)
    {
        string template = Read(name);
        using var page = new StreamWriter(to, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true);
        int at = 0;
        foreach (Match match in Placeholder().Matches(template))
        {
            page.Write(template.AsSpan(at, match.Index - at));
            values[match.Groups[1].Value](page);
            at = match.Index + match.Length;
        }

        page.Write(template.AsSpan(at));
    }

    /// <summary>A text of the user, fit for a page.</summary>
    public static string Text(string text) => WebUtility.HtmlEncode(InputText.OneLine(text));

    private static string Read(string name)
    {
        using var stream = typeof(PageTemplate).Assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    [GeneratedRegex(@"\{\{(\w+)\}\}", RegexOptions.CultureInvariant)]
    private static partial Regex Placeholder();
}
