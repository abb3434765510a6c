using System.Reflection;

namespace EvsNative.Pipelines.Recipes;

/// <summary>The program's version, without the commit.</summary>
internal static class ProgramVersion
{
    /// <summary>Such as "0.5.0".</summary>
    public static string Text { get; } =
        (typeof(ProgramVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0")
        .Split('+')[0];
}
