/** hub/texts/secret.ts in Arabic. */
import type { SECRET_TEXTS } from '../../texts/secret.ts'
import type { Translation } from '../translation.ts'

export const SECRET: Translation<typeof SECRET_TEXTS> = {
  secretTitle: 'رمزك الجديد',
  secretLead: 'هذه هي المرة الوحيدة التي يُعرض فيها السر.',
  secretAdvice:
    'احفظه الآن في مكان آمن، مثل مدير كلمات المرور أو مدير الأسرار. إذا فُقد، فجدّد الرمز للحصول على سر جديد.',
  secretLabel: 'سر {token}',
  copied: 'السر في الحافظة.',
  copyFailed: 'لم يسمح المتصفح بذلك. السر محدّد: انسخه بلوحة المفاتيح.',
  secretNotStored: 'لم يُنسخ السر بعد. لا يمكن عرضه مرة أخرى. اختر «تم» إذا كنت قد حفظته.',
  secretUse: 'طريقة الاستخدام',
  refreshTitle: 'تجديد {token}',
  refreshLead: {
    zero: 'يُنشأ سر جديد، وتبدأ المدة ({count} يوم) من جديد.',
    one: 'يُنشأ سر جديد، وتبدأ مدة اليوم الواحد من جديد.',
    two: 'يُنشأ سر جديد، وتبدأ مدة اليومين من جديد.',
    few: 'يُنشأ سر جديد، وتبدأ مدة {count} أيام من جديد.',
    many: 'يُنشأ سر جديد، وتبدأ مدة {count} يومًا من جديد.',
    other: 'يُنشأ سر جديد، وتبدأ مدة {count} يوم من جديد.',
  },
  refreshGrace: {
    zero: 'لا يعمل السر القديم بعد ذلك.',
    one: 'يظل السر القديم يعمل ساعة واحدة.',
    two: 'يظل السر القديم يعمل ساعتين.',
    few: 'يظل السر القديم يعمل {count} ساعات.',
    many: 'يظل السر القديم يعمل {count} ساعة.',
    other: 'يظل السر القديم يعمل {count} ساعة.',
  },
  refreshExpires: 'تاريخ الانتهاء الجديد',
  refreshPrevious: 'يعمل السر القديم حتى',
  refreshNow: 'لحظة التجديد',
  refreshLeaked: 'تسرّب السر القديم: أنهِه الآن',
  refreshLeakedHint: 'ينتهي كل سر قديم لهذا الرمز فورًا. ويتوقف عن العمل كل ما لا يزال يستخدم أحدها.',
  revokeTitle: 'إلغاء {token}',
  revokeLead: 'ينتهي الرمز وكل أسراره فورًا. لا يمكن التراجع عن ذلك.',
  revokeUsed: 'آخر استخدام له: {when}. سيتوقف عن العمل كل ما يستخدمه.',
  revokeConfirm: 'اكتب {token} للتأكيد',
  revokeMismatch: 'هذا ليس اسم الرمز. اكتبه كما هو تمامًا.',
  revoked: 'أُلغي {token}.',
  saved: 'حُفظ {token}.',
  made: 'أُنشئ {token}.',
  asked: 'لقد طلبت {token}. لن يكون له سر حتى يوافق عليه مسؤول آخر.',
  refreshed: 'أصبح لـ {token} سر جديد.',
}
