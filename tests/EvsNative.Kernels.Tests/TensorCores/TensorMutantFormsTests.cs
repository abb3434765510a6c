using EvsNative.Kernels.Tests.Ptx;

namespace EvsNative.Kernels.Tests.TensorCores;

/// <summary>Mutants are tried of the kernels that plans choose.</summary>
public sealed class TensorMutantFormsTests
{
    // Filters in the tensor kernels' order are read by the kernel for any device where no other takes a call.
    private const string Fallback = "ProductPortable";

    [Fact]
    public void Every_two_policies_that_a_plan_puts_together_are_together_in_a_form()
    {
        var tried = TensorMutantForms.All.SelectMany(form => Pairs(form.Kernel)).ToHashSet();
        string[] chosen = [.. KernelForms.All.Except(KernelForms.Portable).Select(form => form.Name)];
        string[] missing =
        [
            .. chosen.Where(name => Family(name) != Fallback)
                .SelectMany(name => Pairs(name).Except(tried).Select(pair => $"{name}: {pair}")),
        ];
        Assert.True(missing.Length == 0, $"no form has these two policies:\n{string.Join('\n', missing)}");
        Assert.Equal(
            TensorMutantForms.All.Select(form => form.Family).Distinct().Order(),
            chosen.Select(Family).Except([Fallback]).Order());
    }

    private static string Family(string kernel) => kernel.Split('<')[0];

    /// <summary>Two policies of a kernel and the places where they stand; the kernel itself if it has none or one.</summary>
    private static IEnumerable<string> Pairs(string kernel)
    {
        string[] policies = [.. Policies(kernel)];
        if (policies.Length < 2) return [kernel];
        return from i in Enumerable.Range(0, policies.Length)
               from j in Enumerable.Range(i + 1, policies.Length - i - 1)
               select $"{Family(kernel)}: {i}: {policies[i]} and {j}: {policies[j]}";
    }

    // Policies of policies stand in brackets of their own.
    private static IEnumerable<string> Policies(string kernel)
    {
        int depth = 0, first = kernel.IndexOf('<', StringComparison.Ordinal) + 1;
        for (int i = first; i < kernel.Length && first > 0; i++)
        {
            if (depth == 0 && kernel[i] is (',' or '>'))
            {
                yield return kernel[first..i];
                first = i + 1;
            }

            depth += kernel[i] switch { '<' => 1, '>' => -1, _ => 0 };
        }
    }
}
