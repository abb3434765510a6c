using System.Text;

namespace EvsNative.Kernels.Ptx;

/// <summary>
/// Names that depend on nothing but the kernel. ILGPU numbers parameters, labels and functions through a whole process, so that its text
/// depends on what was compiled before; caches of drivers go by the text.
/// </summary>
internal static class PtxNames
{
    // The array of dynamic size has one name everywhere: instructions name it.
    private const string DynamicShared = "__dyn_shared_alloca";

    /// <summary>
    /// The text of a module, with all that it declares renamed: parameters p0.., labels L0.., arrays by their space and number, other
    /// functions f0...
    /// </summary>
    public static string Canonical(PtxModule module, string entry)
    {
        var global = new Dictionary<string, string> { [module.Entry.Name] = entry };
        foreach (string line in module.Header) Declare(global, line, "g");
        foreach (var function in module.Functions) global.TryAdd(function.Name, $"f{global.Count}");

        var renamed = new StringBuilder();
        foreach (string line in module.Header) Rename(renamed, line, global).Append('\n');
        foreach (var function in module.Functions)
        {
            var names = new Dictionary<string, string>(global);
            Parameters(names, function.Head);
            int labels = 0;
            foreach (var line in function.Body ?? [])
            {
                if (line.Kind == PtxLineKind.Label) names[line.Opcode] = $"L{labels++}";
                if (line.Kind == PtxLineKind.Directive) Declare(names, line.Text, line.Text[1..line.Text.AsSpan().IndexOfAny(' ', '\t')]);
            }

            function.Write(renamed, (into, line) => Rename(into, line, names));
        }

        return renamed.ToString();
    }

    // .shared .align 4 .b8 name[64];
    private static void Declare(Dictionary<string, string> names, string line, string prefix)
    {
        int end = line.IndexOf('[');
        if (end < 0 || line[0] != '.') return;
        int start = end;
        while (start > 0 && PtxLine.IsWord(line[start - 1])) start--;
        string name = line[start..end];
        int number = names.Values.Count(known => known.StartsWith(prefix, StringComparison.Ordinal));
        if (name.Length > 0 && name != DynamicShared) names.TryAdd(name, $"{prefix}{number}");
    }

    // The last word of each .param: .param .align 8 .b8 _args_17[64],
    private static void Parameters(Dictionary<string, string> names, string head)
    {
        int count = 0;
        for (int at = head.IndexOf(".param", StringComparison.Ordinal); at >= 0; at = head.IndexOf(".param", at + 1,
            StringComparison.Ordinal))
        {
            int end = at;
            while (head[end] is not ('[' or ',' or ')' or '\n')) end++;
            while (!PtxLine.IsWord(head[end - 1])) end--;
            int start = end;
            while (PtxLine.IsWord(head[start - 1])) start--;
            names[head[start..end]] = $"p{count++}";
        }
    }

    private static StringBuilder Rename(StringBuilder into, string text, Dictionary<string, string> names)
    {
        var lookup = names.GetAlternateLookup<ReadOnlySpan<char>>();
        int copied = 0;
        for (int at = 0; at < text.Length; at++)
        {
            int start = at;
            while (at < text.Length && PtxLine.IsWord(text[at])) at++;

            // Registers, suffixes and directives are no names.
            if (at == start || (start > 0 && text[start - 1] is '%' or '.')
                || !lookup.TryGetValue(text.AsSpan(start, at - start), out string? name)) continue;
            into.Append(text, copied, start - copied).Append(name);
            copied = at;
        }

        return into.Append(text, copied, text.Length - copied);
    }
}
